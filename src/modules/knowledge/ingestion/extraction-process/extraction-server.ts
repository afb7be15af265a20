import { Socket } from 'node:net';
import {
  ExtractionFailure,
  type ExtractedDocument,
} from '@/modules/knowledge/extraction/extracted-document.js';
import { findExtractor } from '@/modules/knowledge/extraction/extractors.js';
import { detectLanguage } from '@/modules/knowledge/extraction/language.js';
import { chunkDocument, type Chunk } from '@/modules/knowledge/ingestion/chunker/index.js';
import { toTitle } from '@/modules/knowledge/knowledge.rules.js';
import type { ExtractedChunk, ExtractionProgress, ExtractionSummary, LimitedTask } from './extraction.js';
import { readMessages, toJson, writeMessage, type MessageKind } from './messages.js';

/** The pipe for messages to the server. Libraries may write to the standard output. */
export const MESSAGES_FD = 3;
/** Length of a piece of the text, in UTF-16 code units. */
const PIECE_UNITS = 64 * 1024;
const CHUNKS_PER_MESSAGE = 64;

/**
 * Reads the files that the server sends, one after the other, until it closes the input. `limitTime` takes the milliseconds of
 * processor time after which the process ends.
 */
export async function serveExtractions(limitTime: (limitMs: number) => void): Promise<void> {
  const output = new ExtractionOutput(new Socket({ fd: MESSAGES_FD, readable: false, writable: true }));
  let task: LimitedTask | undefined;
  let parts: Buffer[] = [];
  for await (const { kind, payload } of readMessages(process.stdin)) {
    if (kind === 'task') task = JSON.parse(payload.toString()) as LimitedTask;
    else if (kind === 'bytes') parts.push(Buffer.from(payload));
    else if (task) {
      const bytes = Buffer.concat(parts);
      parts = [];
      limitTime(task.timeLimitMs);
      await answer(task, bytes, output);
      limitTime(Infinity);
    }
  }
}

async function answer(task: LimitedTask, bytes: Buffer, output: ExtractionOutput): Promise<void> {
  try {
    await extract(task, bytes, output);
    await output.send('done', {});
  } catch (error) {
    if (error instanceof ExtractionFailure)
      await output.send('failed', { code: error.code, detail: error.detail });
    else
      await output.send('crashed', {
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
  }
}

async function extract(task: LimitedTask, bytes: Buffer, output: ExtractionOutput): Promise<void> {
  await output.progress({ stage: 'extracting', percent: 10 });
  const extracted = await findExtractor(task.contentType)(bytes);
  await output.progress({ stage: 'chunking', percent: 50 });
  const title = (task.hasDefaultTitle ? toTitle(extracted.title) : null) ?? task.title;
  const document: ExtractedDocument = { ...extracted, title };
  const chunks = chunkDocument(document);
  await output.text(document.text);
  await output.summary({
    title,
    language: detectLanguage(document.text) ?? document.statedLanguage,
    warnings: document.warnings,
    textLength: document.text.length,
    chunkCount: chunks.length,
  });
  await output.chunks(document.text, chunks);
}

class ExtractionOutput {
  constructor(private readonly stream: Socket) {
    stream.on('error', () => process.exit());
  }

  send(kind: MessageKind, value: object): Promise<void> {
    return writeMessage(this.stream, kind, toJson(value));
  }

  progress(progress: ExtractionProgress): Promise<void> {
    return this.send('progress', progress);
  }

  summary(summary: ExtractionSummary): Promise<void> {
    return this.send('extracted', summary);
  }

  /** Sends the text in pieces that are cut between characters. */
  async text(text: string): Promise<void> {
    let start = 0;
    while (start < text.length) {
      let end = Math.min(start + PIECE_UNITS, text.length);
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
      await writeMessage(this.stream, 'text', Buffer.from(text.slice(start, end)));
      start = end;
    }
  }

  async chunks(text: string, chunks: Chunk[]): Promise<void> {
    for (let from = 0; from < chunks.length; from += CHUNKS_PER_MESSAGE) {
      const batch: ExtractedChunk[] = chunks
        .slice(from, from + CHUNKS_PER_MESSAGE)
        .map((chunk) => ({ ...chunk, content: text.slice(chunk.start, chunk.end) }));
      await this.send('chunks', batch);
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
