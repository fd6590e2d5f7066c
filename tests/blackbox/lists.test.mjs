// Reading for screens: lists by windows of a view, their orders, the search, and the analysis of a page.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { connect, inParallel } from './client.mjs';
import { startServer } from './server.mjs';

const viewsKept = 64; // docs/decisions/0016-views-of-lists.md
let server;
before(async () => {
    server = await startServer();
});
const tenant = async (name, role = 'admin') => connect(server, await server.key({ tenant: name, role }));
const ids = (deals) => deals.map(({ id }) => id);
const window = async (client, query) => (await client.get('', query, { expect: 200 })).json;

/** A new view, read to its end in windows of `limit`: { view, deals }. */
async function wholeView(client, query = {}, limit = 500) {
    const first = await window(client, { ...query, view: 'new', limit });
    const deals = [...first.deals];
    while (deals.length < first.view.total) {
        const next = await window(client, { view: first.view.id, offset: deals.length, limit });
        assert.deepEqual(next.view, { ...first.view, offset: deals.length });
        assert.ok(next.deals.length > 0, 'a window inside the view is not empty');
        deals.push(...next.deals);
    }
    return { view: first.view, deals };
}

const stages = ['discovery', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost'];
/** Few values a field, so that every order has ties; some fields are blank. */
function deal(index) {
    const stage = stages[(index * 7) % 6];
    return {
        name: `${['Élan', 'elan', 'Zebra', 'apple', 'Ölberg', 'ölberg'][index % 6]} ${index % 40}`,
        company: [`Firm ${index}`, 'acme', 'ÁCME', undefined][index % 4],
        owner: ['Ann', 'bob', undefined][index % 3],
        value: (index * 13) % 5,
        stage,
        probability: stage.startsWith('closed') ? undefined : (index % 3) * 20,
        expected_close_date: index % 5 === 0 ? undefined : `2031-0${1 + (index % 3)}-11`,
        external_id: `list-${index}`,
    };
}
const fill = (client, count) => client.post('/bulk', Array.from({ length: count }, (_, index) => deal(index)), { expect: 200 });

test('a view keeps its order and its total while deals are added, changed and deleted', async () => {
    const client = await tenant('stable');
    await fill(client, 120);
    const { view, deals } = await wholeView(client, { sort: 'name' }, 50);
    assert.equal(view.total, 120);
    assert.equal(new Set(ids(deals)).size, 120);
    const [gone, renamed] = [deals[10], deals[70]];
    await client.delete(`/${gone.id}`, { expect: 200 });
    await client.patch(`/${renamed.id}`, { name: 'AAA the first of all', value: 77 }, { expect: 200 });
    await client.post('/manual', { name: 'AAAA even before', value: 1 }, { expect: 201 });

    const again = [];
    for (const offset of [0, 50, 100]) {
        const page = await window(client, { view: view.id, offset, limit: 50 });
        assert.deepEqual(page.view, { ...view, offset });
        assert.equal(page.next_cursor, null);
        again.push(...page.deals);
    }
    assert.deepEqual(ids(again), ids(deals), 'every deal has its place still');
    assert.deepEqual(again[10], { id: gone.id, deleted: true }, 'one that was deleted keeps its place');
    assert.equal(again[70].value, 77, 'deals are told as they are now');
    await client.post(`/${gone.id}/restore`, undefined, { expect: 200 });
    assert.equal((await window(client, { view: view.id, offset: 10, limit: 1 })).deals[0].name, gone.name, 'and is back when it is restored');

    const fresh = await wholeView(client, { sort: 'name' });
    assert.equal(fresh.view.total, 121);
    assert.notEqual(fresh.view.id, view.id);
    assert.ok(fresh.view.seq > view.seq);
    assert.deepEqual(fresh.deals.slice(0, 2).map(({ name }) => name), ['AAA the first of all', 'AAAA even before']);
});

test('two who ask for the same list at the same moment share a view; another list is another view', async () => {
    const client = await tenant('shared');
    await fill(client, 10);
    const asked = { view: 'new', sort: '-value', q: ' Élan ' };
    const first = await window(client, asked);
    assert.equal((await window(client, { ...asked, q: 'elan' })).view.id, first.view.id);
    for (const other of [{ sort: 'value' }, { q: 'zebra' }, { stage: 'proposal' }, { include: 'deleted' }, { value_min: 1 }]) {
        assert.notEqual((await window(client, { ...asked, ...other })).view.id, first.view.id, JSON.stringify(other));
    }
});

test('a view that is not kept, is nobody\'s or another\'s is gone, and these are told apart by nothing', async () => {
    const owner = await tenant('owner');
    const stranger = await tenant('stranger');
    await fill(owner, 20);
    await fill(stranger, 20);
    const { view } = await window(owner, { view: 'new' });
    const bare = ({ status, json }) => ({ status, json: { ...json, request_id: undefined } });
    const gone = [];
    for (const id of [view.id, '019a0000-0000-7000-8000-000000000000', 'nonsense']) gone.push(bare(await stranger.get('', { view: id }, { expect: 410 })));
    assert.equal(gone[0].json.code, 'view_gone');
    assert.deepEqual(gone[1], gone[0]);
    assert.deepEqual(gone[2], gone[0]);
    await server.key({ tenant: 'owner', workspace: 'second' });
    await owner.get('', { view: view.id, workspace_id: 'second' }, { expect: 410 });
    await owner.get('', { view: view.id }, { expect: 200 });
});

test('the view that was not read for longest goes when there are too many', async () => {
    const client = await tenant('many-views');
    await fill(client, 5);
    const first = await window(client, { view: 'new', value_min: 0 });
    const second = await window(client, { view: 'new', value_min: 1 });
    await inParallel(Array.from({ length: viewsKept - 2 }, (_, index) => index + 2), 4, (value_min) => window(client, { view: 'new', value_min }));
    await client.get('', { view: first.view.id }, { expect: 200 });
    await window(client, { view: 'new', value_min: viewsKept });
    await client.get('', { view: first.view.id }, { expect: 200 });
    assert.equal((await client.get('', { view: second.view.id }, { expect: 410 })).json.code, 'view_gone');
});

test('a window is bounded, and what cannot be meant is refused with its name', async () => {
    const client = await tenant('windows');
    await fill(client, 10);
    const { view } = await window(client, { view: 'new' });
    for (const offset of [10, 11, 16_000_000]) assert.deepEqual((await window(client, { view: view.id, offset })).deals, [], `behind the end: ${offset}`);
    assert.equal((await window(client, { view: view.id, offset: 9, limit: 500 })).deals.length, 1);
    for (const [field, query] of [['offset', { offset: -1 }], ['offset', { offset: 'x' }], ['offset', { offset: 99_999_999_999 }], ['limit', { limit: 0 }], ['limit', { limit: 501 }], ['cursor', { cursor: 'abc' }], ['sort', { sort: 'shoe_size' }]]) {
        const { json } = await client.get('', { view: field === 'sort' ? 'new' : view.id, ...query }, { expect: 400 });
        assert.equal(json.details[0].field, field, JSON.stringify(json));
    }
    const empty = await window(client, { view: 'new', owner: 'nobody' });
    assert.deepEqual([empty.view.total, empty.deals], [0, []]);
});

/** Texts are ordered by how they are written without accents and in small letters, byte by byte. */
const fold = (text) => Buffer.from(text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase());
const byText = (field) => (left, right) => Buffer.compare(fold(left[field]), fold(right[field]));
const byNumber = (of) => (left, right) => of(left) - of(right);
const sourceOrder = ['manual', 'web_form', 'csv', 'email', 'api', 'hubspot', 'salesforce'];
const orders = {
    created_at: byNumber((each) => Date.parse(each.created_at)),
    updated_at: byNumber((each) => Date.parse(each.updated_at)),
    value: byNumber((each) => each.value),
    health_score: byNumber((each) => each.health_score),
    probability: byNumber((each) => each.probability),
    stage: byNumber((each) => stages.indexOf(each.stage)),
    source: byNumber((each) => sourceOrder.indexOf(each.source)),
    name: byText('name'),
    company: byText('company'),
    owner: byText('owner'),
    expected_close_date: byText('expected_close_date'),
};
const blankLast = ['company', 'owner', 'expected_close_date'];

test('every order is total: pages, windows of any size and the order itself agree', async () => {
    const client = await tenant('orders');
    await fill(client, 150);
    await inParallel([...Array(20).keys()], 4, (index) => client.post('/manual', { name: `By hand ${index % 7}`, company: `H${index}`, value: index % 3 }, { expect: 201 }));
    for (const [field, compare] of Object.entries(orders)) {
        const { deals } = await wholeView(client, { sort: field });
        const { deals: falling } = await wholeView(client, { sort: `-${field}` });
        assert.equal(new Set(ids(deals)).size, deals.length, field);
        const blank = (each) => blankLast.includes(field) && (each[field] === null || each[field] === '');
        for (const [list, sign] of [[deals, 1], [falling, -1]]) {
            const filled = list.filter((each) => !blank(each));
            assert.ok(list.slice(filled.length).every(blank), `${field}: what is blank comes last`);
            for (let at = 1; at < filled.length; at += 1) assert.ok(sign * compare(filled[at - 1], filled[at]) <= 0, `${field} (${sign}): ${JSON.stringify(filled.slice(at - 1, at + 1))}`);
        }
        const filled = (list) => ids(list.filter((each) => !blank(each)));
        assert.deepEqual(filled(falling), filled(deals).reverse(), `${field}: falling is rising backwards`);
        for (const sort of [field, `-${field}`]) {
            const whole = ids(sort === field ? deals : falling);
            assert.deepEqual(ids((await wholeView(client, { sort }, 37)).deals), whole, `${sort}: windows of 37`);
            assert.deepEqual(ids(await client.all('', 'deals', { sort, limit: 41 })), whole, `${sort}: pages of 41`);
        }
    }
});

test('a view has the filters of the list', async () => {
    const client = await tenant('filters');
    await fill(client, 100);
    for (const query of [{ stage: 'proposal,negotiation' }, { active: true, value_min: 2 }, { owner: 'bob', active: false }, { risk_level: 'high,medium' }, { company: 'acme' }, { external_id: 'list-7' }, { q: 'olberg 1' }]) {
        const listed = await client.all('', 'deals', { ...query, sort: '-value' });
        assert.ok(listed.length > 0 && listed.length < 100, `${JSON.stringify(query)} finds ${listed.length}`);
        assert.deepEqual((await wholeView(client, { ...query, sort: '-value' })).deals, listed, JSON.stringify(query));
    }
});

test('the search finds all its words in any of its fields, in any case, with or without accents', async () => {
    const client = await tenant('search');
    const texts = [
        { name: 'Café Zürich', company: 'Crème & Søn', owner: 'Ángel', contact_name: 'Zoë Müller', contact_email: 'zoe@muller.example' },
        { name: 'Rahmenvertrag Straße', company: 'Groß KG', owner: 'Ben' },
        { name: 'Αθήνα λιμάνι', company: 'Ελλάς' },
        { name: 'Ёлка и йод', company: 'Москва' },
        { name: '100% off_er', company: 'a\\b' },
    ];
    for (const text of texts) await client.post('/manual', { value: 1, ...text }, { expect: 201 });
    const finds = [
        ['cafe', 0], ['CAFÉ', 0], ['cafe\u0301', 0], ['zurich creme', 0], ['creme zurich', 0], ['angel zoe', 0], ['ZOE@MULLER', 0], ['üri', 0],
        ['strasse', 1], ['STRASSE gross', 1], ['straße', 1], ['αθηνα', 2], ['ΑΘΉΝΑ', 2], ['ελλας', 2], ['елка', 3], ['МОСКВА', 3],
        ['100%', 4], ['off_', 4], ['a\\b', 4],
    ];
    for (const [q, at] of finds) assert.deepEqual((await client.all('', 'deals', { q })).map(({ name }) => name), [texts[at].name], q);
    for (const q of ['cafe strasse', 'zurich nowhere', '%%', 'off-er', '0_% ']) assert.deepEqual(await client.all('', 'deals', { q }), [], q);
    assert.equal((await client.all('', 'deals', { q: '   ' })).length, texts.length, 'no word, no condition');
    assert.deepEqual((await wholeView(client, { q: 'CREME angel' })).deals.map(({ name }) => name), ['Café Zürich']);
});

test('the analysis of a page is that of its deals, and is given for at most a hundred', async () => {
    const client = await tenant('analysed');
    await fill(client, 110);
    const plain = await window(client, { limit: 100, sort: 'value' });
    const analysed = await window(client, { limit: 100, sort: 'value', include: 'analysis' });
    const viewed = await window(client, { view: 'new', limit: 100, sort: 'value', include: 'analysis' });
    assert.deepEqual(viewed.deals, analysed.deals);
    for (const [at, { analysis, insights, ...rest }] of analysed.deals.entries()) {
        assert.deepEqual(rest, plain.deals[at], 'the rest of a deal is as ever');
        assert.deepEqual([analysis.health_score, analysis.risk_level], [rest.health_score, rest.risk_level], 'the factors tell of the score that is shown');
        assert.ok(Array.isArray(insights));
    }
    const sample = analysed.deals[3];
    assert.deepEqual(sample.insights, (await client.get(`/${sample.id}/insights`, {}, { expect: 200 })).json.insights);
    for (const query of [{ limit: 101 }, { limit: 101, view: 'new' }, { limit: 500, view: viewed.view.id }]) {
        const { json } = await client.get('', { ...query, include: 'spam,analysis' }, { expect: 400 });
        assert.equal(json.details[0].field, 'include');
    }
    assert.equal((await window(client, { view: viewed.view.id, offset: 100, limit: 100, include: 'analysis' })).deals.length, 10);
});
