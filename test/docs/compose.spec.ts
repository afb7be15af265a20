import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readRoot = (name: string): string => readFileSync(join(__dirname, '../..', name), 'utf8');

describe('docker-compose.yml', () => {
  const compose = readRoot('docker-compose.yml');

  it('passes every variable of the server to its processes, by the file that .env.example describes', () => {
    expect(compose).toMatch(/env_file:\n\s+- path: \.env\n\s+required: false\n/);
  });

  it('sets what .env may not change in a container', () => {
    for (const line of ['HOST: 0.0.0.0', "PORT: '3000'", 'NODE_ENV: production', "TRUST_PROXY: '1'"])
      expect(compose).toContain(`    ${line}\n`);
  });

  it('publishes the ports of HTTP and HTTPS', () => {
    expect(compose).toMatch(/:80'\n/);
    expect(compose).toMatch(/:443'\n/);
  });
});

describe('the image', () => {
  it('has a version of Node.js with support, in both stages', () => {
    const bases = [...readRoot('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
  });
});
