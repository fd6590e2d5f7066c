// Reading and writing objects: the list, one, batches, search, merge, links, pipelines, owners and the account.
import { kindOf } from './state.mjs';

const shown = (object, properties) => {
    const wanted = properties?.length ? properties : ['createdate', 'dealname', 'email', 'name', 'hs_object_id'];
    const out = { id: object.id, properties: {}, createdAt: new Date(object.createdAt).toISOString(), updatedAt: new Date(object.updatedAt).toISOString(), archived: object.archived };
    for (const name of new Set([...wanted, 'hs_object_id'])) if (name in object.properties || properties?.length) out.properties[name] = object.properties[name] ?? null;
    if (object.archived) out.archivedAt = new Date(object.archivedAt).toISOString();
    return out;
};
export const error = (status, category, message, more = {}) => ({ status, body: { status: 'error', message, correlationId: '00000000-0000-4000-8000-000000000000', category, ...more } });
const missing = () => error(404, 'OBJECT_NOT_FOUND', 'resource not found');
const properties = (query) => query.getAll('properties').flatMap((each) => each.split(',')).filter(Boolean);

function list(portal, kind, query) {
    const limit = Number(query.get('limit') ?? 10);
    if (limit > 100) return error(400, 'VALIDATION_ERROR', 'limit is at most 100');
    const archived = query.get('archived') === 'true';
    const after = query.get('after') ? Number(Buffer.from(query.get('after'), 'base64url').toString()) : 0;
    const results = [];
    let next;
    for (const object of portal.objects[kind].values()) { // in the order they were made
        if (Number(object.id) <= after || object.archived !== archived) continue;
        if (results.length === limit) {
            next = Buffer.from(results.at(-1).id).toString('base64url');
            break;
        }
        results.push(shown(object, properties(query)));
    }
    return { status: 200, body: { results, ...(next ? { paging: { next: { after: next, link: 'https://api.hubapi.com/' } } } : {}) } };
}

function one(portal, kind, id, query) {
    const object = portal.objects[kind].get(portal.survivor(kind, id) ?? id);
    if (!object || object.archived !== (query.get('archived') === 'true')) return missing();
    return { status: 200, body: shown(object, properties(query)) };
}

function batchRead(portal, kind, body, query) {
    if (!Array.isArray(body?.inputs) || !Array.isArray(body.properties)) return error(400, 'VALIDATION_ERROR', 'inputs and properties are required');
    if (body.inputs.length > 100) return error(400, 'VALIDATION_ERROR', 'at most 100 inputs');
    const archived = query.get('archived') === 'true';
    const results = [];
    const gone = [];
    for (const { id } of body.inputs) {
        const object = portal.objects[kind].get(portal.survivor(kind, id) ?? String(id));
        if (object && object.archived === archived) results.push(shown(object, body.properties));
        else gone.push(String(id));
    }
    const answer = { status: 'COMPLETE', results: [...new Map(results.map((each) => [each.id, each])).values()], startedAt: new Date().toISOString(), completedAt: new Date().toISOString() };
    if (gone.length === 0) return { status: 200, body: answer };
    return { status: 207, body: { ...answer, numErrors: 1, errors: [{ status: 'error', category: 'OBJECT_NOT_FOUND', message: 'Could not get some deals', context: { ids: gone } }] } };
}

const number = (value) => (value === null || value === undefined || value === '' ? NaN : /^\d{4}-/.test(value) ? Date.parse(value) : Number(value));
const tests = {
    EQ: (have, { value }) => have === String(value) || number(have) === number(value), NEQ: (have, { value }) => have !== String(value),
    GT: (have, { value }) => number(have) > number(value), GTE: (have, { value }) => number(have) >= number(value),
    LT: (have, { value }) => number(have) < number(value), LTE: (have, { value }) => number(have) <= number(value),
    BETWEEN: (have, { value, highValue }) => number(have) >= number(value) && number(have) <= number(highValue),
    IN: (have, { values }) => values.includes(have), NOT_IN: (have, { values }) => !values.includes(have),
    HAS_PROPERTY: (have) => have !== null && have !== undefined, NOT_HAS_PROPERTY: (have) => have === null || have === undefined,
};

function search(portal, kind, body, lagMs) {
    const limit = Number(body.limit ?? 10);
    const after = Number(body.after ?? 0);
    if (limit > 200) return error(400, 'VALIDATION_ERROR', 'limit is at most 200');
    if (after + limit > 10_000) return error(400, 'VALIDATION_ERROR', 'Paging through more than 10000 results is not supported');
    const groups = body.filterGroups ?? [];
    const until = Date.now() - lagMs;
    const fits = (object) => !object.archived && object.sortKey <= until &&
        (groups.length === 0 || groups.some(({ filters }) => filters.every((filter) => tests[filter.operator](object.properties[filter.propertyName], filter))));
    let found = [...portal.objects[kind].values()].filter(fits);
    for (const sort of [...(body.sorts ?? [])].reverse()) {
        const name = sort.propertyName ?? sort;
        const sign = sort.direction === 'DESCENDING' ? -1 : 1;
        found.sort((left, right) => sign * (number(left.properties[name]) - number(right.properties[name])));
    }
    const total = found.length;
    found = found.slice(after, after + limit);
    const more = after + limit < total;
    return { status: 200, body: { total, results: found.map((each) => shown(each, body.properties)), ...(more ? { paging: { next: { after: String(after + limit) } } } : {}) } };
}

function associations(portal, to, body) {
    if (body.inputs.length > 1_000) return error(400, 'VALIDATION_ERROR', 'at most 1000 inputs');
    const results = [];
    for (const { id } of body.inputs) {
        const links = portal.links[to].get(String(id));
        if (!links?.length) continue;
        results.push({ from: { id: String(id) }, to: links.map((link) => ({ toObjectId: Number(link.id), associationTypes: [
            ...(link.primary ? [{ category: 'HUBSPOT_DEFINED', typeId: to === 'companies' ? 5 : 3, label: 'Primary' }] : []),
            { category: 'HUBSPOT_DEFINED', typeId: to === 'companies' ? 341 : 3, label: null },
        ] })) });
    }
    return { status: 200, body: { status: 'COMPLETE', results, startedAt: new Date().toISOString(), completedAt: new Date().toISOString() } };
}

/** The answer to an API call, or undefined when there is no such path. */
export function answer(portal, { method, path, query, body, lagMs }) {
    const parts = path.split('/').filter(Boolean);
    if (path === '/account-info/v3/details') return { status: 200, body: { portalId: portal.portalId, timeZone: portal.timeZone, companyCurrency: portal.currency, additionalCurrencies: ['USD'], utcOffset: '+01:00' } };
    if (path.startsWith('/crm/v3/pipelines/')) return { status: 200, body: { results: portal.pipelines } };
    if (path === '/crm/v3/owners' || path === '/crm/v3/owners/') return { status: 200, body: { results: portal.owners.filter(({ archived }) => archived === (query.get('archived') === 'true')) } };
    if (path.startsWith('/crm/v4/associations/')) return associations(portal, kindOf(parts[4]), body);
    const at = parts[0] !== 'crm' ? -1 : parts[2] === 'objects' ? 3 : parts[1] === 'objects' ? 3 : -1;
    const kind = at < 0 ? undefined : kindOf(parts[at]);
    if (!kind) return undefined;
    const [verb, extra] = parts.slice(at + 1);
    if (verb === undefined) return method === 'POST' ? { status: 201, body: shown(portal.create(kind, body.properties), Object.keys(body.properties)) } : list(portal, kind, query);
    if (verb === 'search') return search(portal, kind, body, lagMs);
    if (verb === 'batch' && extra === 'read') return batchRead(portal, kind, body, query);
    if (verb === 'merge') return { status: 200, body: shown(portal.merge(body.primaryObjectId, body.objectIdToMerge)) };
    if (method === 'PATCH') return portal.objects[kind].has(verb) ? { status: 200, body: shown(portal.change(kind, verb, body.properties), Object.keys(body.properties)) } : missing();
    if (method === 'DELETE') {
        if (portal.objects[kind].has(verb)) portal.archive(kind, verb);
        return { status: 204 };
    }
    return one(portal, kind, verb, query);
}
