#!/usr/bin/env bash
# On Node.js 20, unpdf reads no text operator of a page that has an embedded font, without an error, while its text is complete.
#
# Versions: unpdf 1.7.0 (pdf.js 5), pdf-lib 1.17.1, @pdf-lib/fontkit 1.1.1, dejavu-fonts-ttf 2.37.3; Node.js 20, and 22 for
#   comparison. unpdf 1.7.0 names no version of Node.js that it needs; 1.8.1 names 22.
# Input: a page with a line in Helvetica, which is not embedded, then a line in an embedded font, then a line in Helvetica.
# Expected: three operators that show text, whatever Node.js runs it, or an error.
# Seen: on Node.js 20, getTextContent has the three lines, and getOperatorList has no operator that shows text: the list is given up
#   when the font is loaded. pdf.js calls ArrayBuffer.prototype.transferToFixedLength there, which Node.js 20 does not have. The
#   failure is a warning in its log. With the function added before, there are three.
# What follows: who reads operators, to see what is drawn over or hidden, loses most of a page. This server adds the function.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts unpdf@1.7.0 pdf-lib@1.17.1 @pdf-lib/fontkit@1.1.1 dejavu-fonts-ttf@2.37.3

cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import fontkit from '@pdf-lib/fontkit';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

if (process.argv[2] === 'added')
  ArrayBuffer.prototype.transferToFixedLength ??= function (length = this.byteLength) {
    return structuredClone(this, { transfer: [this] }).slice(0, length);
  };

const made = await PDFDocument.create();
made.registerFontkit(fontkit);
const standard = await made.embedFont(StandardFonts.Helvetica);
const embedded = await made.embedFont(readFileSync('node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), { subset: true });
const page = made.addPage([300, 200]);
page.drawText('The first line.', { x: 20, y: 150, size: 12, font: standard });
page.drawText('The second line.', { x: 20, y: 100, size: 12, font: embedded });
page.drawText('The third line.', { x: 20, y: 50, size: 12, font: standard });

const { OPS } = await getResolvedPDFJS();
const document = await getDocumentProxy(await made.save(), { verbosity: 0 });
const read = await document.getPage(1);
const { items } = await read.getTextContent();
console.log(`text: ${items.map(({ str }) => str).filter(Boolean).join(' / ')}`);
const { fnArray } = await read.getOperatorList();
console.log(`operators that show text: ${fnArray.filter((operator) => operator === OPS.showText).length}`);
JS
seen=$(node try.mjs; node try.mjs added)
native=$(node -p "'transferToFixedLength' in ArrayBuffer.prototype ? 3 : 0")
expected="text: The first line. / The second line. / The third line.
operators that show text: $native
text: The first line. / The second line. / The third line.
operators that show text: 3"

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
