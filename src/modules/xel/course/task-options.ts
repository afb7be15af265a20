import type { ContentOf, Question } from './course.schema.js';
import { shuffle, toSlug } from './slug.js';

/** What a learner chooses or puts in order. The id follows from the text. */
export interface TaskOption {
  id: string;
  text: string;
}

/** Returns the options of a question, in an order that says nothing about the answer. */
export function toOptions(seed: string, { answer, wrong }: Pick<Question, 'answer' | 'wrong'>): TaskOption[] {
  const options = [answer, ...Object.keys(wrong)].map((text) => ({ id: toSlug(text), text }));
  return shuffle(seed, options);
}

/** Returns the seed of the order of the options of a question. */
export function questionSeed(taskId: string, index: number): string {
  return `${taskId}/${index + 1}`;
}

/** Returns the items of an ordering task in the right order. Equal texts get numbers. */
export function toItems({ items }: Pick<ContentOf<'ordering'>, 'items'>): TaskOption[] {
  return items.map((text, index) => {
    const earlier = items.slice(0, index).filter((other) => toSlug(other) === toSlug(text)).length;
    return { id: earlier === 0 ? toSlug(text) : `${toSlug(text)}-${earlier + 1}`, text };
  });
}

/** Returns the items of an ordering task as a learner gets them, never in a right order. */
export function toShuffledItems(content: ContentOf<'ordering'>): TaskOption[] {
  const shuffled = shuffle(content.id, toItems(content));
  const orders = [content.items, ...content.also].map((order) => order.join('\0').toLowerCase());
  const isRight = (): boolean => orders.includes(shuffled.map(({ text }) => text.toLowerCase()).join('\0'));
  for (let turns = 0; isRight() && turns < shuffled.length; turns += 1)
    shuffled.push(...shuffled.splice(0, 1));
  return shuffled;
}
