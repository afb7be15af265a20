export { type Chunk, MAX_CHUNK_UNITS, MAX_CHUNKS, MAX_PARENT_UNITS, TARGET_UNITS } from './chunk.js';
export { chunkDocument } from './chunk-document.js';
