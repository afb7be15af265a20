import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { waitUntil } from './server-process.js';

/** A mail as the server received it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  headers: Record<string, string>;
  text: string;
}

/** An SMTP server on loopback that keeps its port while it is stopped. */
export class TestSmtpServer {
  readonly mails: ReceivedMail[] = [];
  /** The reply code to `RCPT TO`, for a server that refuses or delays mail; 250 by default. */
  recipientReply = 250;
  /** Addresses of all attempts. */
  readonly attempts: string[] = [];
  private server: SMTPServer | undefined;

  private constructor(private port: number) {}

  static async start(): Promise<TestSmtpServer> {
    const server = new TestSmtpServer(0);
    await server.listen();
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      closeTimeout: 100,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        this.attempts.push(address);
        const responseCode = this.recipientReply;
        done(responseCode < 400 ? null : Object.assign(new Error('not now'), { responseCode }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom === false ? '' : mailFrom.address;
          const to = rcptTo.map(({ address }) => address);
          this.mails.push({ from, to, ...parseMail(Buffer.concat(chunks).toString('utf8')) });
          done();
        });
      },
    });
    server.on('error', () => undefined);
    server.listen(this.port, '127.0.0.1');
    await once(server.server, 'listening');
    this.port = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }

  /** Waits for a mail to this address with a matching subject; returns the newest. */
  async waitForMail(address: string, subject: RegExp): Promise<ReceivedMail> {
    const find = (): ReceivedMail | undefined =>
      this.mails.findLast(({ to, headers }) => to.includes(address) && subject.test(headers.subject ?? ''));
    await waitUntil(() => find() !== undefined, 20_000);
    return find() as ReceivedMail;
  }
}

/** Returns the headers of a mail and its plain-text part. */
function parseMail(raw: string): { headers: Record<string, string>; text: string } {
  const { headers, body } = splitHeaders(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1];
  const parts = boundary ? body.split(`--${boundary}`).map((part) => splitHeaders(part.trimStart())) : [];
  const plain = parts.find((part) => part.headers['content-type']?.startsWith('text/plain'));
  if (!plain) throw new Error(`The mail has no plain text:\n${raw}`);
  return { headers, text: decodeBody(plain.headers['content-transfer-encoding'] ?? '7bit', plain.body) };
}

function splitHeaders(raw: string): { headers: Record<string, string>; body: string } {
  const [head = '', ...body] = raw.replaceAll('\r\n', '\n').split('\n\n');
  const lines = head.replaceAll(/\n[ \t]+/g, ' ').split('\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return { headers, body: body.join('\n\n') };
}

function decodeBody(encoding: string, body: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replaceAll('=\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
