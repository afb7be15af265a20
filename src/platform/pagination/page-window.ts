/** The position after which a page begins, and the number of rows to read: one more than shown, to detect the last page. */
export interface PageWindow<Position> {
  after: Position | null;
  take: number;
}

/** A position in a list that is ordered by time, then by id. */
export interface TimeCursor {
  at: Date;
  id: string;
}
