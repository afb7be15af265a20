import type { Course, EnglishModule } from './course.js';
import { CEFR_LEVELS, type TaskContent, type Question } from './course.schema.js';
import { toItems, toOptions } from './task-options.js';

/** Returns what the schema of single files cannot check. An empty list is a valid course. */
export function findCourseFaults({ modules }: Course): string[] {
  const tasks = modules.flatMap((module) => module.tasks);
  return [
    ...findRepeated(modules.map(({ id }) => id)).map((id) => `two modules have the id ${id}`),
    ...findRepeated(tasks.map(({ id }) => id)).map((id) => `two tasks have the id ${id}`),
    ...modules.flatMap((module, index) => findOrderFaults(modules, module, index)),
    ...tasks.flatMap(({ id, content }) => findTaskFaults(content).map((fault) => `${id}: ${fault}`)),
  ];
}

function findRepeated(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

/** Levels rise, and prerequisites come before what needs them. */
function findOrderFaults(modules: readonly EnglishModule[], module: EnglishModule, index: number): string[] {
  const earlier = modules.slice(0, index);
  const level = CEFR_LEVELS.indexOf(module.level);
  return [
    ...module.prerequisites
      .filter((id) => !earlier.some((other) => other.id === id))
      .map((id) => `${module.id}: the prerequisite ${id} does not come before it`),
    ...(earlier.some((other) => CEFR_LEVELS.indexOf(other.level) > level)
      ? [`${module.id}: a module of a higher level comes before it`]
      : []),
    ...module.tasks
      .filter(({ id }) => !id.startsWith(`${module.id}-`))
      .map(({ id }) => `${id}: does not begin with the id of its module`),
  ];
}

function findTaskFaults(content: TaskContent): string[] {
  switch (content.type) {
    case 'multiple_choice':
      return findOptionFaults(content);
    case 'reading':
    case 'listening':
      return content.questions.flatMap((question) => findOptionFaults(question));
    case 'gap_fill':
      return content.text.split('___').length - 1 === content.gaps.length
        ? []
        : ['the text has another number of gaps'];
    case 'ordering':
      return findOrderingFaults(content.items, content.also);
    case 'writing':
      return content.min_words < content.max_words ? [] : ['the lengths contradict each other'];
    case 'speaking':
      return content.min_seconds < content.max_seconds ? [] : ['the lengths contradict each other'];
    case 'short_answer':
    case 'dictation':
      return [];
  }
}

function findOptionFaults(question: Pick<Question, 'answer' | 'wrong'>): string[] {
  const ids = toOptions('', question).map(({ id }) => id);
  return [
    ...(ids.length < 3 ? ['a question has less than three options'] : []),
    ...findRepeated(ids).map((id) => `two options have the id ${id}`),
  ];
}

function findOrderingFaults(items: readonly string[], also: readonly (readonly string[])[]): string[] {
  const sorted = (list: readonly string[]): string =>
    list
      .map((text) => text.toLowerCase())
      .sort()
      .join('\0');
  return [
    ...findRepeated(toItems({ items: [...items] }).map(({ id }) => id)).map(
      (id) => `two items have the id ${id}`,
    ),
    ...(also.every((order) => sorted(order) === sorted(items)) ? [] : ['another order has other items']),
  ];
}
