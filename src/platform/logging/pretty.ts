import prettyStream from 'pino-pretty';

/** Formats each log entry as one line for a terminal: time, level, event, then the fields. Only a stack has further lines. */
export function createPrettyStream(destination?: NodeJS.WritableStream): ReturnType<typeof prettyStream> {
  return prettyStream({
    ...(destination ? { destination, colorize: false } : { colorize: true }),
    sync: true,
    singleLine: true,
    translateTime: 'HH:MM:ss',
    ignore: 'event',
    messageFormat: '{event}',
  });
}
