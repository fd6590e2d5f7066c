// The fake as a program: node main.mjs [--port N] [--limit CALLS_PER_10_S] [--searches PER_S] [--seed DEALS]. POST /_fake/<what> drives it.
import { parseArgs } from 'node:util';
import { startHubspot } from './server.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, limit: { type: 'string', default: '0' }, searches: { type: 'string', default: '0' }, seed: { type: 'string', default: '0' } } });
const fake = await startHubspot({ port: Number(values.port), limit: Number(values.limit), searches: Number(values.searches) });
if (Number(values.seed) > 0) fake.portal.seed(Number(values.seed));
console.log(`listening on ${fake.url}`);
