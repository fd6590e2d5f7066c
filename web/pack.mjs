// Makes one file of what Vite built, for the server to carry: node pack.mjs DIST OUT
// Form: "TRBWEB1\n", the length of the list in 8 hex digits and a line end, the list as JSON, then the bytes it points into.
// A file that shrinks is there three times: as it is, with gzip and with Brotli, so that the server never compresses.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const [, , dist, out] = process.argv;
const kTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const blobs = [];
let offset = 0;
const keep = (bytes) => {
  const place = [offset, bytes.length];
  blobs.push(bytes);
  offset += bytes.length;
  return place;
};

const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))
  .sort();
const list = files.map((name) => {
  const type = kTypes[extname(name)];
  if (type === undefined) throw new Error(`${name}: nobody has said what type this is; add it to kTypes`);
  const bytes = readFileSync(join(dist, name));
  const entry = { path: `/${name}`, type, etag: createHash('sha256').update(bytes).digest('hex').slice(0, 20), plain: keep(bytes) };
  // The server writes a nonce into a page, so a page cannot be compressed ahead; it is a kilobyte.
  if (extname(name) === '.html' || !/text|json|svg/.test(type)) return entry;
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  if (gzip.length < bytes.length) entry.gzip = keep(gzip);
  if (brotli.length < bytes.length) entry.br = keep(brotli);
  return entry;
});

const head = Buffer.from(JSON.stringify(list));
writeFileSync(out, Buffer.concat([Buffer.from(`TRBWEB1\n${head.length.toString(16).padStart(8, '0')}\n`), head, ...blobs]));
