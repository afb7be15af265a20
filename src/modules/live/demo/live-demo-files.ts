import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';

const SCRIPT = 'text/javascript; charset=utf-8';

/** The files of the page, and their types. No other file is read. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['style.css', 'text/css; charset=utf-8'],
  ...['demo.js', 'api.js', 'socket.js', 'audio.js', 'audio-worklet.js', 'transcript.js'].map(
    (name): [string, string] => [name, SCRIPT],
  ),
]);

/** Reads the files of the page from `content/live-demo`, which the build copies. */
@Injectable()
export class LiveDemoFiles {
  private readonly directory = findDirectory();

  /** Returns undefined for a file that does not belong to the page. */
  async read(name: string): Promise<{ type: string; content: string } | undefined> {
    const type = TYPES.get(name);
    if (type === undefined || this.directory === undefined) return undefined;
    return { type, content: await readFile(join(this.directory, name), 'utf8') };
  }
}

/** Searches the parent folders: the compiled file is deeper in the tree than the source file. */
function findDirectory(): string | undefined {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (directory !== dirname(directory)) {
    const found = join(directory, 'content', 'live-demo');
    if (existsSync(join(found, 'index.html'))) return found;
    directory = dirname(directory);
  }
  return undefined;
}
