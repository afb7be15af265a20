import { createParamDecorator, type ExecutionContext, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import Papa from 'papaparse';
import { acceptWeight } from '@/platform/kernel/accept-header.js';

/** Injects whether the `Accept` header requests CSV. */
export const AcceptsCsv = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { accept = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  const weight = acceptWeight(accept, 'text/csv');
  return weight > 0 && weight >= acceptWeight(accept, 'application/json');
});

export type CsvCell = string | number | boolean | null;
export type CsvRow = Record<string, CsvCell>;

/** A spreadsheet would take a text that begins like this for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Returns a table as CSV with a header; `columns` also name those of a table without rows. */
export function toCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  const data = rows.map((row) => columns.map((column) => row[column] ?? ''));
  return Papa.unparse({ fields: [...columns], data }, { escapeFormulae: FORMULA, newline: '\r\n' });
}

/** Returns a table as a file, whose name has the period. */
export function toCsvFile(
  csv: string,
  { start_date, end_date }: { start_date: string; end_date: string },
  name: string,
): StreamableFile {
  return new StreamableFile(Buffer.from(csv), {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}-${start_date}-${end_date}.csv"`,
  });
}
