#!/usr/bin/env bash
# opus-decoder writes a line on the standard error output for each packet that is not valid, although it also returns the error.
# A packet of more than 3,840 bytes for each channel throws a RangeError instead. An empty packet decodes to 120 ms.
# Seen with opus-decoder 0.7.12. A client could fill the log with them: check the framing of a packet before decoding it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund opus-decoder@0.7.12
cat >try.mjs <<'JS'
import { OpusDecoder } from 'opus-decoder';
const decoder = new OpusDecoder({ sampleRate: 24000, channels: 1 });
await decoder.ready;
for (const packet of [new Uint8Array(0), new Uint8Array([255]), new Uint8Array(5000)]) {
  try {
    const { samplesDecoded, errors } = decoder.decodeFrame(packet);
    console.log(`${packet.length} bytes: ${samplesDecoded} samples, ${errors.length} errors`);
  } catch (error) {
    console.log(`${packet.length} bytes: ${error.name}`);
  }
}
JS
seen=$(node try.mjs 2>lines; echo "lines on stderr: $(grep -c libopus lines)")
expected="0 bytes: 2880 samples, 0 errors
1 bytes: 0 samples, 1 errors
5000 bytes: RangeError
lines on stderr: 1"
echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
