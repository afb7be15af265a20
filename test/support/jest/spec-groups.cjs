// Jest loads all modules again for each file that it runs, and loading the application takes longer than most spec files.
// So a run executes group files: test/<folder>/group-1.ts to group-n.ts contain the spec files of their folder, those in
// test/unit the spec files of src. The Jest configuration, the sequencer and the group files use the same list, so that no
// spec file is lost.
const { readdirSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');

const ROOT = join(__dirname, '../../..');

/** The specs here start PostgreSQL servers and wait for them: as files of their own they run while others compute. */
const NOT_GROUPED = join(ROOT, 'src/platform/persistence/embedded');

/** Returns the paths of all group files, each with the paths of its spec files. */
function listSpecGroups() {
  const groupFiles = listFiles(join(ROOT, 'test'), /^group-\d+\.ts$/);
  const folders = [...new Set(groupFiles.map((file) => dirname(file)))];
  const groups = folders.flatMap((folder) => {
    const files = groupFiles.filter((file) => dirname(file) === folder).sort();
    const specs = specsFor(folder).sort((a, b) => statSync(b).size - statSync(a).size || a.localeCompare(b));
    return files.map((file, group) => [
      file,
      specs.filter((_, index) => groupOf(index, files.length) === group),
    ]);
  });
  return new Map(groups);
}

function specsFor(groupFolder) {
  const isUnit = groupFolder === join(ROOT, 'test/unit');
  const specs = listFiles(isUnit ? join(ROOT, 'src') : groupFolder, /\.spec\.ts$/);
  return specs.filter((path) => !path.startsWith(NOT_GROUPED) && (isUnit || dirname(path) === groupFolder));
}

function listFiles(folder, pattern) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Deals files, the largest first, like 0 1 2 2 1 0 0 1 2: the groups become about equally large. */
function groupOf(index, groups) {
  const position = index % (2 * groups);
  return Math.min(position, 2 * groups - 1 - position);
}

module.exports = { listSpecGroups };
