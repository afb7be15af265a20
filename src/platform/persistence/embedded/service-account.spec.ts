import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRootOwnedFolder } from './root-owned-folder.js';
import { canAccess, EXECUTE, parseServiceAccount, READ } from './service-account.js';

const asRoot = process.geteuid?.() === 0 ? it : it.skip;
const otherAccount = { uid: 65534, gid: 65534 };
let root: string;

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'xentree-run-as-')));
  fs.chmodSync(root, 0o755);
});

afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function folder(name: string, mode: number): string {
  const path = join(root, name);
  fs.mkdirSync(path);
  fs.chmodSync(path, mode);
  return path;
}

describe('the account that runs PostgreSQL for root', () => {
  it.each([
    [
      'postgres when there is one',
      'nobody:x:65534:65534::/:\npostgres:x:101:104:,,,:/var:/bin/sh\n',
      [101, 104],
    ],
    ['nobody otherwise', 'root:x:0:0::/root:\nnobody:x:99:98::/:\n', [99, 98]],
    ['never root under another name', 'postgres:x:0:0::/:\nnobody:x:99:98::/:\n', [99, 98]],
    ['65534 where nobody is listed', '', [65534, 65534]],
    ['65534 where the list is nonsense', 'postgres:x\nnobody:x:a:b', [65534, 65534]],
  ])('is %s', (_what, passwd, [uid, gid]) => {
    expect(parseServiceAccount(passwd)).toEqual({ uid, gid });
  });

  it('needs the way to a file as well as the file', async () => {
    const [open, closed] = [folder('open', 0o711), folder('closed', 0o700)];
    for (const path of [open, closed]) fs.writeFileSync(join(path, 'file'), '', { mode: 0o644 });
    const account = { uid: (process.geteuid?.() ?? 0) + 1, gid: (process.getegid?.() ?? 0) + 1 };
    expect(await canAccess(join(open, 'file'), READ, account)).toBe(true);
    expect(await canAccess(join(open, 'file'), EXECUTE, account)).toBe(false);
    expect(await canAccess(join(closed, 'file'), READ, account)).toBe(false);
    expect(await canAccess(join(closed, 'file'), READ)).toBe(true);
    expect(await canAccess(join(open, 'missing'), READ, account)).toBe(false);
  });
});

describe('a folder whose programs root will run', () => {
  asRoot('is made when it is missing, whatever the umask', async () => {
    const umask = process.umask(0o077);
    const path = await ensureRootOwnedFolder(join(root, 'made'));
    process.umask(umask);
    expect(path).toBe(join(root, 'made'));
    expect(await canAccess(join(root, 'made'), EXECUTE | READ, otherAccount)).toBe(true);
  });

  asRoot('may lie in a shared, sticky one such as /tmp', async () => {
    const shared = folder('shared', 0o1777);
    expect(await ensureRootOwnedFolder(join(shared, 'ours'))).toBe(join(shared, 'ours'));
  });

  asRoot.each([
    [
      'belongs to another account',
      () => fs.chownSync(folder('planted', 0o755), otherAccount.uid, otherAccount.gid),
    ],
    ['can be written by others', () => folder('planted', 0o777)],
    ['is a symbolic link', () => fs.symlinkSync(folder('target', 0o755), join(root, 'planted'))],
    ['is a file', () => fs.writeFileSync(join(root, 'planted'), '')],
    [
      'could be exchanged, its parent being open to all',
      () => (fs.chmodSync(root, 0o777), folder('planted', 0o755)),
    ],
  ])('is refused when it %s', async (_what, plant) => {
    plant();
    expect(await ensureRootOwnedFolder(join(root, 'planted'))).toBeUndefined();
  });
});
