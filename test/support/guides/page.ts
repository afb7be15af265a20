import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** One fenced block of a Markdown page. Lines are numbered from 0; `first` is the line of the opening fence. */
export interface Fence {
  language: string;
  text: string;
  indent: string;
  first: number;
  last: number;
}

/** A request block with the blocks that show its result. */
export interface Example {
  request: Fence;
  /** The response body as JSON. */
  json: Fence[];
  /** The status line and headers of the response. */
  http: Fence[];
  /** Standard output; only where the block follows the request without prose in between. */
  output?: Fence;
}

const OPENING = /^( *)(`{3,})([^`]*)$/;

export class Page {
  readonly lines: string[];
  readonly fences: Fence[];

  constructor(
    readonly path: string,
    text: string,
  ) {
    this.lines = text.split('\n');
    this.fences = fencesOf(this.lines);
  }

  static read(path: string): Page {
    return new Page(path, readFileSync(join(ROOT, path), 'utf8'));
  }

  /** The requests of the page with what follows each of them up to the next one. */
  examples(): Example[] {
    const examples: Example[] = [];
    for (const fence of this.fences) {
      const example = examples.at(-1);
      if (fence.language === 'sh') examples.push({ request: fence, json: [], http: [] });
      else if (fence.language === 'json') example?.json.push(fence);
      else if (fence.language === 'http') example?.http.push(fence);
      else if (fence.language === 'text' && example && this.follows(fence, example.request)) {
        example.output = fence;
      }
    }
    return examples;
  }

  /** Returns `path:line` of a fence, as editors and terminals link it. */
  placeOf({ first }: Fence): string {
    return `${this.path}:${first + 1}`;
  }

  /** Returns the page with the text of some fences replaced. */
  withTexts(texts: Map<Fence, string>): string {
    const lines = [...this.lines];
    for (const fence of [...texts.keys()].sort((a, b) => b.first - a.first)) {
      const text = (texts.get(fence) ?? '').split('\n').map((line) => (line ? fence.indent + line : line));
      lines.splice(fence.first + 1, fence.last - fence.first - 1, ...text);
    }
    return lines.join('\n');
  }

  private follows(fence: Fence, earlier: Fence): boolean {
    return this.lines.slice(earlier.last + 1, fence.first).every((line) => line.trim() === '');
  }
}

/** Writes a page and formats it with Prettier. */
export function writeFormatted(path: string, text: string): void {
  const file = join(ROOT, path);
  writeFileSync(file, text);
  const prettier = join(ROOT, 'node_modules/prettier/bin/prettier.cjs');
  spawnSync(process.execPath, [prettier, '--write', file], { cwd: ROOT });
}

function fencesOf(lines: string[]): Fence[] {
  const fences: Fence[] = [];
  for (let first = 0; first < lines.length; first += 1) {
    const [, indent = '', ticks, language = ''] = OPENING.exec(lines[first] ?? '') ?? [];
    if (!ticks) continue;
    const last = lines.findIndex((line, index) => index > first && line.trim() === ticks);
    if (last < 0) throw new Error(`The fence in line ${first + 1} is not closed`);
    const inside = lines
      .slice(first + 1, last)
      .map((line) => line.replace(new RegExp(`^ {0,${indent.length}}`), ''));
    fences.push({ language: language.trim(), text: inside.join('\n'), indent, first, last });
    first = last;
  }
  return fences;
}
