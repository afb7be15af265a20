export { HeardTurnsReader } from './heard-turns.reader.js';
export { LiveTranscriptsModule } from './live-transcripts.module.js';
export { LiveTranscriptWriter, type LiveTurn } from './live-transcript.writer.js';
