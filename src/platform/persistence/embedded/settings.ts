/** Settings without durability, for tests: writes do not wait for the disk. */
export const NON_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Small values: PostgreSQL shares a machine with the application. */
const DEFAULTS = {
  shared_buffers: '128MB',
  max_connections: '100',
  jit: 'off',
  autovacuum: 'on',
  timezone: 'UTC',
};

/**
 * Settings that callers cannot change. The log goes to a pipe of this process, without statements and values, and in English
 * (`lc_messages`) because it is parsed. There is no unix socket, because its path is limited to 107 bytes.
 */
const FIXED = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  lc_messages: 'C',
};

export function buildServerSettings(
  durable: boolean,
  overrides: Record<string, string>,
  instance: Record<string, string>,
): Record<string, string> {
  return { ...DEFAULTS, ...(durable ? {} : NON_DURABLE), ...overrides, ...FIXED, ...instance };
}

export function toCommandLineArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
