// A PostgreSQL with pgvector for tests: PGlite behind the wire protocol, as a process of its own. PGlite executes for one
// session; its connections take turns here, a whole transaction each. Prints its port. Ends when its standard input ends.
import { createServer } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Connection } from './connection.mjs';
import { Session } from './session.mjs';

const database = await PGlite.create({ extensions: { vector } });
await database.exec(`SET timezone = 'UTC'`);
const session = new Session(database);
const server = createServer((socket) => new Connection(socket, session));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
