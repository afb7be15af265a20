import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Fence, Page, ROOT } from './page.js';

/** A path in backticks, as prose and headings name files. */
const PATH = /`((?:[\w.-]+\/)+[\w.-]+\.\w+)`/g;

/** One change of an existing file, from a `diff` block. */
export interface SourceChange {
  path: string;
  before: string;
  after: string;
}

/** A page that shows source files: a paragraph with only a path and a colon precedes the content of a file. */
export class SourcePage {
  private readonly page: Page;

  constructor(readonly path: string) {
    this.page = Page.read(path);
  }

  /** The files that the page creates: their contents by path. */
  get files(): Map<string, string> {
    const created = this.page.fences.flatMap((fence): [string, string][] => {
      const [before, name = ''] = this.page.lines.slice(Math.max(0, fence.first - 3), fence.first - 1);
      const [, path] = /^`([^`]+)`:$/.exec(name) ?? [];
      const isFile = path !== undefined && before === '' && fence.language !== 'diff';
      return isFile ? [[path, `${fence.text}\n`]] : [];
    });
    return new Map(created);
  }

  /** The `diff` blocks, each for the file that was named last. */
  get changes(): SourceChange[] {
    return this.page.fences
      .filter(({ language }) => language === 'diff')
      .map((fence) => ({
        path: this.lastPathBefore(fence),
        before: linesOf(fence, '-'),
        after: linesOf(fence, '+'),
      }));
  }

  /** The texts of all blocks in a language, in order. */
  blocks(language: string): string[] {
    return this.page.fences.filter((fence) => fence.language === language).map(({ text }) => text);
  }

  /** Writes the files into a temporary folder in which packages resolve as in the project, and returns its path. */
  writeFiles(): string {
    const folder = mkdtempSync(join(tmpdir(), 'source-page-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of this.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }

  private lastPathBefore({ first }: Fence): string {
    const prose = this.page.lines.slice(0, first).join('\n');
    return [...prose.matchAll(PATH)].at(-1)?.[1] ?? '';
  }
}

/** Returns how often the lines that a change replaces, or after which it inserts, occur in the file. */
export function countOccurrences({ path, before }: SourceChange): number {
  return readFileSync(join(ROOT, path), 'utf8').split(before).length - 1;
}

function linesOf({ text }: Fence, sign: '-' | '+'): string {
  const lines = text.split('\n').filter((line) => line.startsWith(' ') || line.startsWith(sign));
  return lines.map((line) => line.slice(1)).join('\n');
}
