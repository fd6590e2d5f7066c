// The contract itself: valid OpenAPI 3.1, closed, and with examples that are true. Needs no server.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { answerProblems, contract, findTemplate, frameProblems, methodsOf, resolve, schemaProblems } from './contract.mjs';

const escaped = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');

function everyObject(thing, pointer, visit) {
    if (thing === null || typeof thing !== 'object') return;
    visit(thing, pointer);
    for (const [key, member] of Object.entries(thing)) everyObject(member, `${pointer}/${escaped(key)}`, visit);
}

test('the contract is valid against the OpenAPI 3.1 schema', async () => {
    const result = await new Validator().validate(structuredClone(contract));
    assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
    assert.equal(contract.openapi, '3.1.0');
});

test('every reference of the contract leads somewhere', () => {
    everyObject(contract, '', (thing) => {
        if (typeof thing.$ref === 'string') resolve(thing);
    });
});

test('every schema, response and parameter of the contract is used', () => {
    const used = new Set();
    everyObject(contract, '', (thing) => used.add(thing.$ref));
    for (const [kind, members] of Object.entries(contract.components)) {
        if (kind === 'securitySchemes') continue;
        for (const name of Object.keys(members)) assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name} is used nowhere`);
    }
});

test('every example of the contract is valid against its own schema', () => {
    let examined = 0;
    everyObject(contract, '', (thing, pointer) => {
        if (!thing.schema || !thing.examples || Array.isArray(thing.examples)) return;
        for (const [name, reference] of Object.entries(thing.examples)) {
            const { thing: example } = resolve(reference);
            assert.deepEqual(schemaProblems(`${pointer}/schema`, example.value), [], `${pointer} ${name}`);
            examined += 1;
        }
    });
    for (const [name, schema] of Object.entries(contract.components.schemas)) {
        for (const example of schema.examples ?? []) {
            assert.deepEqual(schemaProblems(`/components/schemas/${name}`, example), [], name);
            examined += 1;
        }
    }
    assert.ok(examined >= 12, `only ${examined} examples were found`);
});

test('every operation under /api/sales documents the failures any request can meet', () => {
    for (const [path, item] of Object.entries(contract.paths)) {
        for (const method of methodsOf(path).filter((each) => path.startsWith('/api/') && each !== 'OPTIONS')) {
            const { responses } = item[method.toLowerCase()];
            const needed = ['400', '401', '403', '405', '408', '429', '431', '500', '503'];
            if (method === 'POST') needed.push('409', '413', '415', '422');
            if (path.includes('{')) needed.push('404');
            for (const status of needed) assert.ok(responses[status], `${method} ${path} does not document ${status}`);
        }
    }
});

test('the eleven routes of the specification are there', () => {
    const posts = ['manual', 'web-form', 'csv/upload', 'email', 'api', 'hubspot/sync', 'hubspot/batch-sync', 'salesforce/sync', 'salesforce/batch-sync', 'bulk'];
    for (const door of posts) assert.ok(methodsOf(`/api/sales/deals/${door}`).includes('POST'), door);
    assert.deepEqual(methodsOf('/api/sales/deals/metrics'), ['GET']);
});

test('the judge sees what is wrong with an answer', () => {
    const headers = { 'content-type': 'application/json', 'x-request-id': 'r1' };
    const body = { status: 'error', error: 'No such deal.', source: 'system', code: 'not_found', details: [], request_id: 'r1' };
    const answer = { method: 'GET', path: '/api/sales/deals/x', status: 404, headers, text: JSON.stringify(body) };
    assert.deepEqual(answerProblems(answer), []);
    const wrongs = {
        'an undocumented status': { ...answer, status: 418 },
        'a missing member': { ...answer, text: JSON.stringify({ ...body, code: undefined }) },
        'an extra member': { ...answer, text: JSON.stringify({ ...body, stack: 'main.cpp:1' }) },
        'an unknown code': { ...answer, text: JSON.stringify({ ...body, code: 'oops' }) },
        'a code of another status': { ...answer, text: JSON.stringify({ ...body, code: 'forbidden' }) },
        'a missing header': { ...answer, headers: { 'content-type': 'application/json' } },
        'another content type': { ...answer, headers: { ...headers, 'content-type': 'text/html' } },
        'no JSON': { ...answer, text: '<html>' },
        'an undocumented method with another status than 405': { ...answer, method: 'PUT' },
    };
    for (const [what, wrong] of Object.entries(wrongs)) assert.notDeepEqual(answerProblems(wrong), [], what);
    assert.notDeepEqual(frameProblems({ type: 'hello', seq: 1 }), []);
    assert.equal(findTemplate('/api/sales/deals/metrics'), '/api/sales/deals/metrics');
    assert.equal(findTemplate('/api/sales/deals/abc/history'), '/api/sales/deals/{id}/history');
    assert.equal(findTemplate('/api/sales/nothing'), undefined);
});
