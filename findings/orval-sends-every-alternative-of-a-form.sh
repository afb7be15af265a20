#!/usr/bin/env bash
# orval sends the fields of every alternative of a form.
#
# Versions: orval 7.13.2, esbuild 0.25.12.
# Input: an OpenAPI 3.1 document with one operation. Its body is a form (application/x-www-form-urlencoded), and the schema is
#   oneOf two objects: a password grant (username, password) and a code grant (grant_type, code). The generated client is called
#   with a username and a password.
# Expected: the client sends the fields of the value that it was given: username=ada&password=secret.
# Seen: the client converts the value to each alternative and appends the required fields of all of them. A field that is not in
#   the value is sent as the text "undefined": username=ada&password=secret&grant_type=undefined&code=undefined.
# What follows: the form of `POST /api/auth/token` is one object with optional fields, not a union of its grants.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts --save-exact orval@7.13.2 esbuild@0.25.12

cat >openapi.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "Tokens", "version": "1" },
  "paths": {
    "/token": {
      "post": {
        "operationId": "createToken",
        "requestBody": {
          "required": true,
          "content": {
            "application/x-www-form-urlencoded": {
              "schema": {
                "oneOf": [
                  { "$ref": "#/components/schemas/PasswordGrant" },
                  { "$ref": "#/components/schemas/CodeGrant" }
                ]
              }
            }
          }
        },
        "responses": { "200": { "description": "OK", "content": { "application/json": { "schema": { "type": "string" } } } } }
      }
    }
  },
  "components": {
    "schemas": {
      "PasswordGrant": {
        "type": "object",
        "required": ["username", "password"],
        "properties": { "username": { "type": "string" }, "password": { "type": "string" } }
      },
      "CodeGrant": {
        "type": "object",
        "required": ["grant_type", "code"],
        "properties": { "grant_type": { "type": "string", "enum": ["code"] }, "code": { "type": "string" } }
      }
    }
  }
}
JSON
cat >call.ts <<'TS'
import { createToken } from './client.js';

globalThis.fetch = async (_url, init) => {
  console.log(String(init?.body));
  return new Response('"token"', { status: 200 });
};
await createToken({ username: 'ada', password: 'secret' });
TS
npx orval --input ./openapi.json --output ./client.ts --client fetch >log 2>&1 || { cat log; exit 1; }
npx esbuild call.ts --bundle --format=esm --outfile=call.mjs --log-level=warning

seen=$(node call.mjs)
expected='username=ada&password=secret&grant_type=undefined&code=undefined'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
