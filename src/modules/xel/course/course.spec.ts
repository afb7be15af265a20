import { XelTaskResponse } from '../modules/dto/task.response.js';
import { isSameAnswer, toWords } from '../submissions/scoring/normalize.js';
import { parseResponse } from '../submissions/scoring/response-shape.js';
import { isOpen, scoreResponse } from '../submissions/scoring/score.js';
import { toSolution } from '../submissions/scoring/solution.js';
import { findCourseFaults } from './course-faults.js';
import { Course, type CourseTask } from './course.js';
import { CEFR_LEVELS, type Question, TASK_TYPES } from './course.schema.js';
import { questionSeed, toItems, toOptions } from './task-options.js';

const course = Course.fromFiles();
const tasks = course.modules.flatMap((module) => module.tasks);
const closed = tasks.filter(({ content }) => !isOpen(content));

const scoreOf = ({ content }: CourseTask, response: unknown): number => {
  if (isOpen(content)) throw new Error('An evaluator scores this task.');
  return scoreResponse(content, parseResponse(content, response)).score;
};

function questionsOf({ content }: CourseTask): Pick<Question, 'answer' | 'wrong'>[] {
  if (content.type === 'multiple_choice') return [content];
  return content.type === 'reading' || content.type === 'listening' ? content.questions : [];
}

function findItemId(items: string[], text: string): string | undefined {
  return toItems({ items }).find((item) => item.text.toLowerCase() === text.toLowerCase())?.id;
}

describe('the English course', () => {
  it('has no faults, at least 15 modules of at least 6 tasks, and every type of task', () => {
    expect(findCourseFaults(course)).toEqual([]);
    expect(course.modules.length).toBeGreaterThanOrEqual(15);
    expect(Math.min(...course.modules.map((module) => module.tasks.length))).toBeGreaterThanOrEqual(6);
    expect(tasks.length).toBeGreaterThanOrEqual(100);
    expect([...new Set(tasks.map(({ content }) => content.type))].sort()).toEqual([...TASK_TYPES].sort());
    expect(new Set(course.modules.map(({ level }) => level))).toEqual(new Set(CEFR_LEVELS));
  });

  it('has at least four tasks in each module that need neither speech nor an evaluator', () => {
    const alone = course.modules.map(
      (module) =>
        module.tasks.filter(({ content }) => !isOpen(content) && content.type !== 'dictation').length,
    );
    expect(Math.min(...alone)).toBeGreaterThanOrEqual(4);
  });

  it('gives the full score to every accepted answer', () => {
    const wrong: [string, unknown][] = [];
    for (const task of closed) {
      const { content } = task;
      if (isOpen(content)) continue;
      const accepted: unknown[] = [toSolution(content).response];
      if (content.type === 'short_answer') accepted.push(...content.answers);
      if (content.type === 'gap_fill')
        for (const [index, gap] of content.gaps.entries())
          for (const answer of gap.answers)
            accepted.push(content.gaps.map(({ answers }, other) => (other === index ? answer : answers[0])));
      if (content.type === 'ordering')
        for (const order of content.also) accepted.push(order.map((text) => findItemId(content.items, text)));
      wrong.push(
        ...accepted
          .filter((answer) => scoreOf(task, answer) !== 100)
          .map((answer) => [task.id, answer] as [string, unknown]),
      );
    }
    expect(wrong).toEqual([]);
  });

  it('gives less to every wrong option and listed mistake, with feedback of its own', () => {
    const faults: [string, unknown][] = [];
    for (const task of closed) {
      const { content } = task;
      if (content.type === 'multiple_choice')
        for (const { id, text } of toOptions(content.id, content))
          if (text !== content.answer && scoreOf(task, id) > 0) faults.push([task.id, text]);
      if (content.type === 'reading' || content.type === 'listening')
        for (const [index, question] of content.questions.entries()) {
          const right = toSolution(content).response as string[];
          for (const { id, text } of toOptions(questionSeed(content.id, index), question)) {
            const response = right.map((answer, other) => (other === index ? id : answer));
            if (text !== question.answer && scoreOf(task, response) === 100) faults.push([task.id, text]);
          }
        }
      if (content.type === 'short_answer')
        for (const mistake of Object.keys(content.mistakes))
          if (scoreOf(task, mistake) === 100) faults.push([task.id, mistake]);
      if (content.type === 'gap_fill')
        for (const { answers, mistakes } of content.gaps)
          for (const mistake of Object.keys(mistakes))
            if (answers.some((answer) => isSameAnswer(answer, mistake))) faults.push([task.id, mistake]);
    }
    expect(faults).toEqual([]);
  });

  it('gives less to an ordering task as it is delivered', () => {
    for (const task of closed.filter(({ content }) => content.type === 'ordering')) {
      const { items } = XelTaskResponse.from(task, undefined, true);
      expect([
        task.id,
        scoreOf(
          task,
          items.map(({ id }) => id),
        ),
      ]).not.toEqual([task.id, 100]);
    }
  });

  it('does not deliver answers, hints, explanations or the texts of audio', () => {
    for (const task of tasks) {
      const { content } = task;
      const delivered = JSON.stringify(XelTaskResponse.from(task, undefined, true));
      const secrets: string[] = isOpen(content) ? [] : [content.explanation];
      if ('hint' in content) secrets.push(content.hint);
      if ('script' in content) secrets.push(content.script);
      if (content.type === 'short_answer') secrets.push(...content.answers);
      if (content.type === 'gap_fill') secrets.push(...content.gaps.map(({ hint }) => hint));
      for (const { wrong } of questionsOf(task)) secrets.push(...Object.values(wrong));
      const found = secrets.filter((secret) => delivered.includes(JSON.stringify(secret).slice(1, -1)));
      expect([task.id, found]).toEqual([task.id, []]);
      expect(delivered).not.toMatch(
        /"(answer|answers|wrong|correct|mistakes|hint|explanation|script|also)":/,
      );
    }
  });

  it('delivers the right option at different places', () => {
    const places = tasks.flatMap((task) =>
      questionsOf(task).map((question, index) => {
        const seed = task.content.type === 'multiple_choice' ? task.id : questionSeed(task.id, index);
        return toOptions(seed, question).findIndex(({ text }) => text === question.answer);
      }),
    );
    const first = places.filter((place) => place === 0).length / places.length;
    expect(first).toBeGreaterThan(0.15);
    expect(first).toBeLessThan(0.5);
  });

  it('has feedback that does not contain the answer', () => {
    const leaks: [string, string][] = [];
    const contains = (text: string, answer: string): boolean =>
      toWords(answer).join(' ').length >= 4 &&
      ` ${toWords(text).join(' ')} `.includes(` ${toWords(answer).join(' ')} `);
    const check = (id: string, feedback: readonly string[], answers: readonly string[]): void => {
      for (const text of feedback)
        if (answers.some((answer) => contains(text, answer))) leaks.push([id, text]);
    };
    for (const task of closed) {
      const { content } = task;
      for (const { answer, wrong } of questionsOf(task)) check(task.id, Object.values(wrong), [answer]);
      if (content.type === 'gap_fill')
        for (const { answers, hint, mistakes } of content.gaps)
          check(task.id, [hint, ...Object.values(mistakes)], answers);
      if (content.type === 'short_answer')
        check(task.id, [content.hint, ...Object.values(content.mistakes)], content.answers);
    }
    expect(leaks).toEqual([]);
  });

  it('has the same version for the same content, and another one for every change', () => {
    expect(Course.fromFiles().findTask('b1-conditions-first')?.version).toBe(
      course.findTask('b1-conditions-first')?.version,
    );
    expect(new Set(tasks.map(({ version }) => version)).size).toBe(tasks.length);
  });
});
