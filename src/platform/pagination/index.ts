export {
  DIRECTORY_PAGE_SIZE,
  invalidCursor,
  PageQuery,
  setNextCursor,
  toJsonList,
  toPage,
  windowById,
  windowBySequence,
  windowByTime,
} from './page.js';
export { JsonList, type JsonPage } from './json-list.js';
export { hasMoreRows, MAX_PAGE_BYTES, SMALL_PAGE_BYTES } from './page-window.js';
export type { PageWindow, SizedRow, TimeCursor } from './page-window.js';
