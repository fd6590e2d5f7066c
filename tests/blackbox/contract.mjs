// The contract as a judge: says whether an answer is one that api/openapi.yaml allows.
// Used by client.mjs for every answer; contract.test.mjs tests the contract itself.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const file = new URL('../../api/openapi.yaml', import.meta.url);
export const contract = parse(readFileSync(file, 'utf8'));

const ajv = new Ajv({ strict: false, allErrors: true, verbose: false, validateSchema: false });
addFormats(ajv);
ajv.addSchema(contract, 'contract');

const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Follows `$ref` inside the document. Returns the thing and the JSON pointer it stands at. */
export function resolve(thing, pointer) {
    while (thing && thing.$ref !== undefined) {
        pointer = thing.$ref.slice(1);
        thing = pointer.slice(1).split('/').reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
        if (thing === undefined) throw new Error(`the contract refers to ${pointer}, which is not there`);
    }
    return { thing, pointer };
}

const compiled = new Map();
function validator(pointer) {
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `contract#${pointer}` }));
    return compiled.get(pointer);
}

/** What is wrong with `value` as the schema at `pointer`, one sentence each; empty when nothing is. */
export function schemaProblems(pointer, value) {
    const validate = validator(pointer);
    if (validate(value)) return [];
    // A oneOf reports the failures of all its branches: the deepest ones are those of the branch that was meant.
    const errors = [...validate.errors].sort((left, right) => depth(right) - depth(left)).slice(0, 12);
    return errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
}
const depth = (error) => error.instancePath.split('/').length;

const templates = Object.keys(contract.paths).map((path) => ({
    path,
    fixed: !path.includes('{'),
    pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));
/** The contract's path for a request path, fixed ones before those with parameters; undefined when it has none. */
export function findTemplate(path) {
    return templates.find((each) => each.fixed && each.path === path)?.path ?? templates.find((each) => each.pattern.test(path))?.path;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];
export function methodsOf(template) {
    return methods.filter((method) => contract.paths[template][method]).map((method) => method.toUpperCase());
}

/** The documented answer to `method path` with `status`, or undefined. */
export function findResponse(method, path, status, headers = {}) {
    // What the gate refuses never became a request: any path, and the connection ends.
    if (gateStatuses.includes(status) && headers.connection === 'close') return refusal('BadRequest');
    const template = findTemplate(path);
    if (template === undefined) return status === 404 ? refusal('NotFound') : undefined;
    const operation = contract.paths[template][method.toLowerCase()];
    if (operation === undefined) return status === 405 ? refusal('MethodNotAllowed') : undefined;
    if (operation.responses[status] === undefined) return undefined;
    return resolve(operation.responses[status], `/paths/${escaped(template)}/${method.toLowerCase()}/responses/${status}`);
}
const gateStatuses = [400, 408, 413, 414, 417, 431, 501, 505];
const refusal = (name) => resolve({ $ref: `#/components/responses/${name}` });

export const codes = resolve({ $ref: '#/components/schemas/Code' }).thing['x-codes'];

function codeProblems(value, at = '') {
    if (value === null || typeof value !== 'object') return [];
    const problems = [];
    const isProblem = typeof value.code === 'string' && (typeof value.message === 'string' || typeof value.error === 'string');
    if (isProblem && codes[value.code] === undefined) problems.push(`${at}/code ${value.code} is not in the contract's list of codes`);
    for (const [key, member] of Object.entries(value)) {
        if (key !== 'source_metadata' && key !== 'metadata_json' && key !== 'data') problems.push(...codeProblems(member, `${at}/${key}`));
    }
    return problems;
}

function headerProblems(response, headers) {
    const problems = [];
    for (const [name, reference] of Object.entries(response.headers ?? {})) {
        const { thing: header } = resolve(reference);
        const held = headers[name.toLowerCase()];
        const received = Array.isArray(held) && held.length === 1 ? held[0] : held; // node keeps Set-Cookie in a list
        if (received === undefined) {
            if (header.required) problems.push(`header ${name} is missing`);
        } else if (!ajv.validate(header.schema, received)) {
            problems.push(`header ${name}: ${JSON.stringify(received)} ${ajv.errorsText()}`);
        }
    }
    return problems;
}

/**
 * What the contract has against this answer. `headers` has lower-case names, `text` is the body as received.
 * Returns sentences; an empty array means the answer is as documented.
 */
export function answerProblems({ method, path, status, headers, text }) {
    const found = findResponse(method, path, status, headers);
    if (found === undefined) return [`status ${status} is not documented for ${method} ${findTemplate(path) ?? path}: ${text.slice(0, 500)}`];
    const { thing: response, pointer } = found;
    const problems = headerProblems(response, headers);
    const type = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
    if (response.content === undefined) {
        if (text !== '') problems.push(`a body is not documented for ${status}: ${text.slice(0, 200)}`);
        return problems;
    }
    if (response.content[type] === undefined) return [...problems, `content type "${type}" is not documented for ${status}`];
    let value = text;
    if (type === 'application/json') {
        try {
            value = JSON.parse(text);
        } catch (error) {
            return [...problems, `the body is not JSON: ${error.message}: ${text.slice(0, 200)}`];
        }
        problems.push(...codeProblems(value));
        if (status >= 400 && value.request_id !== headers['x-request-id']) problems.push('request_id is not the X-Request-Id of the answer');
        const told = codes[value?.code]?.status;
        if (status >= 400 && told !== undefined && ![told].flat().includes(status)) problems.push(`code ${value.code} belongs to status ${told}, not ${status}`);
    }
    return [...problems, ...schemaProblems(`${pointer}/content/${escaped(type)}/schema`, value)];
}

/** What the contract has against a frame of the live socket. */
export function frameProblems(frame) {
    const names = { hello: 'LiveHello', events: 'LiveEvents', burst: 'LiveBurst', state: 'LiveState', resync: 'LiveResync' };
    const name = names[frame?.type];
    return name ? schemaProblems(`/components/schemas/${name}`, frame) : [`a frame of type ${frame?.type} is not documented`];
}
