export { ClientDisconnect, type OnDisconnect } from './client-disconnect.js';
export { AcceptsEventStream, LastEventId } from './event-stream-headers.js';
export {
  chunkEnd,
  EventStreams,
  type FrameSource,
  type InterruptReason,
  parseLastEvent,
  toEventFrame,
} from './event-streams.js';
