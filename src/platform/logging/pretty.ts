import prettyStream from 'pino-pretty';

/** Formats log lines for a terminal: time, level, event, then the fields. */
export function createPrettyStream(): ReturnType<typeof prettyStream> {
  return prettyStream({
    colorize: true,
    sync: true,
    translateTime: 'HH:MM:ss',
    ignore: 'event',
    messageFormat: '{event}',
  });
}
