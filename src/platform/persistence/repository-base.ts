import { type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { requestContext } from '../context/index.js';
import type { ErrorFactory } from '../errors/index.js';
import type { JsonPage, JsonRow } from '../pagination/json-list.js';
import { fitPage, type PageWindow, type SizedRow, SMALL_PAGE_BYTES } from '../pagination/page-window.js';
import { keysetQuery, type PageSize, type SizedKeyset } from './keyset.js';
import { UnitOfWork, type Statement } from './unit-of-work.js';

/** A small page; `json` has its rows without brackets. */
interface SmallJsonPage<Position> {
  json: string | null;
  count: number;
  page_total: number;
  position: Position | null;
}

interface LargeJsonRow<Position> extends JsonRow, SizedRow {
  position: Position;
}

/** Base of repositories: rows through TypeORM, and prepared statements for hot paths and conditional updates. */
export abstract class RepositoryBase<Row extends ObjectLiteral> {
  constructor(
    protected readonly unitOfWork: UnitOfWork,
    private readonly entity: EntityTarget<Row>,
  ) {}

  protected get rows(): Repository<Row> {
    return this.unitOfWork.manager.getRepository(this.entity);
  }

  protected query<Result extends object>(statement: Statement, values: unknown[]): Promise<Result[]> {
    return this.unitOfWork.query<Result>(statement, values);
  }

  /**
   * Returns a page of a list whose rows can be large, at most MAX_PAGE_BYTES and two rows. Callers take turns to read large
   * pages. Throws 503 `overloaded` when too many wait.
   */
  protected async page<Row extends object, Position>(
    list: SizedKeyset,
    values: unknown[],
    window: PageWindow<Position>,
    toValues?: (position: Position) => unknown[],
  ): Promise<(Row & SizedRow)[]> {
    const read = (size: PageSize): Promise<(Row & SizedRow)[]> =>
      this.query(...keysetQuery(list[size], values, window, toValues));
    const rows = await read('small');
    if ((rows[0]?.page_total ?? 0) <= SMALL_PAGE_BYTES) return rows;
    rows.length = 0; // not kept while the request waits for its turn
    return this.unitOfWork.largePages.run(requestContext.caller, () => read('large'));
  }

  /** Like `page`, of rows that PostgreSQL writes as JSON. */
  protected async jsonPage<Position>(
    list: SizedKeyset,
    values: unknown[],
    window: PageWindow<Position>,
  ): Promise<JsonPage<Position>> {
    const small = await this.one<SmallJsonPage<Position>>(...keysetQuery(list.small, values, window));
    if (!small?.json) return { rows: [], next: null };
    if (small.page_total <= SMALL_PAGE_BYTES)
      return { rows: [small.json], next: small.count >= window.take ? small.position : null };
    return this.unitOfWork.largePages.run(requestContext.caller, () =>
      this.query<LargeJsonRow<Position>>(...keysetQuery(list.large, values, window)).then((rows) => {
        const visible = fitPage(window, rows);
        const next = visible.length < rows.length ? (visible.at(-1)?.position ?? null) : null;
        return { rows: visible.map(({ json }) => json), next };
      }),
    );
  }

  /** Returns the rows of an export, which reads on while its client does: SMALL_PAGE_BYTES and two rows at most. */
  protected part<Row extends object, Position>(
    list: SizedKeyset,
    values: unknown[],
    window: PageWindow<Position>,
  ): Promise<(Row & SizedRow)[]> {
    return this.query(...keysetQuery(list.part, values, window));
  }

  /** Returns the first row, or undefined without one. */
  protected async one<Result extends object>(
    statement: Statement,
    values: unknown[],
  ): Promise<Result | undefined> {
    return (await this.unitOfWork.query<Result>(statement, values))[0];
  }

  /** Returns whether the statement returned a row: whether a conditional update changed one. */
  protected async affectedOneRow(statement: Statement, values: unknown[]): Promise<boolean> {
    return (await this.unitOfWork.query(statement, values)).length > 0;
  }
}

const CONSTRAINT_VIOLATION_CODES = ['23505', '23503'];

/** Runs `write`, and throws the error of the constraint when it violates a unique or foreign key. */
export async function mapConstraintErrors<T>(
  constraints: Readonly<Record<string, ErrorFactory>>,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const driverError = (error as { driverError?: DriverError }).driverError ?? (error as DriverError);
    const errorFactory = CONSTRAINT_VIOLATION_CODES.includes(driverError.code ?? '')
      ? constraints[driverError.constraint ?? '']
      : undefined;
    throw errorFactory ? errorFactory({ cause: error }) : error;
  }
}

interface DriverError {
  code?: string;
  constraint?: string;
}
