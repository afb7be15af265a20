import { PLACEMENT_FILE } from '../course/course-files.js';
import { type PlacementContent, placementSchema } from '../course/course.schema.js';
import { shortHash, toSlug, toVersion } from '../course/slug.js';
import { type TaskOption, toOptions } from '../course/task-options.js';

/** An item of the placement test. */
export interface PlacementItem {
  /** It tells nothing about the difficulty. */
  id: string;
  version: string;
  /** On the scale of the ability: a learner of this ability knows the answer in half of the cases. */
  difficulty: number;
  prompt: string;
  options: TaskOption[];
  answerId: string;
}

/** The items of the placement test. They are no tasks of the course. */
export class ItemBank {
  private readonly byId: ReadonlyMap<string, PlacementItem>;

  constructor(
    readonly prompt: string,
    readonly items: readonly PlacementItem[],
  ) {
    this.byId = new Map(items.map((item) => [item.id, item]));
  }

  /** Throws for a file that does not follow the schema. */
  static fromFile(file: unknown = PLACEMENT_FILE): ItemBank {
    const { prompt, items } = placementSchema.parse(file);
    return new ItemBank(prompt, items.map(toItem));
  }

  find(id: string): PlacementItem | undefined {
    return this.byId.get(id);
  }
}

function toItem(content: PlacementContent['items'][number]): PlacementItem {
  const { id, difficulty, prompt, answer, wrong } = content;
  const mistakes = Object.fromEntries(wrong.map((text) => [text, '']));
  return {
    id: `item-${shortHash('placement', id)}`,
    version: toVersion(content),
    difficulty,
    prompt,
    options: toOptions(id, { answer, wrong: mistakes }),
    answerId: toSlug(answer),
  };
}
