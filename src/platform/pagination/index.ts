export {
  DIRECTORY_PAGE_SIZE,
  PageQuery,
  toPage,
  windowById,
  windowBySequence,
  windowByTime,
} from './page.js';
export type { PageWindow, TimeCursor } from './page-window.js';
