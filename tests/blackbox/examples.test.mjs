// The specification's usage examples, run as they stand by the clients they were written for; only address and credential are added.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { axiosFor, connect, judge } from './client.mjs';
import { startServer } from './server.mjs';

const run = promisify(execFile);
const python = '/usr/bin/python3';
let server;
before(async () => {
    server = await startServer();
});

/** Each example has a tenant of its own, so that its figures are its own. */
async function workspace(name) {
    const key = await server.key({ tenant: name });
    return { axios: axiosFor(server, key), client: connect(server, key), key };
}

test('manual deal entry', async () => {
    const { axios, client } = await workspace('manual');
    const example = () =>
        axios.post('/api/sales/deals/manual', {
            name: 'Enterprise License - Acme Corp',
            company: 'Acme Corporation',
            value: 120000,
            stage: 'proposal',
            probability: 60,
            expected_close_date: '2026-06-01',
            contact_email: 'ceo@acme.com',
            contact_name: 'John Smith',
            description: 'Enterprise license for 500 users',
        });
    const response = await example();
    assert.equal(response.status, 201);
    const { data } = response;
    assert.equal(data.source, 'manual');
    assert.equal(data.action, 'created');
    assert.equal(response.headers.location, `/api/sales/deals/${data.deal.id}`);
    const told = { name: 'Enterprise License - Acme Corp', company: 'Acme Corporation', value: 120000, currency: 'USD', stage: 'proposal', probability: 60, source: 'manual' };
    const more = { expected_close_date: '2026-06-01', contact_email: 'ceo@acme.com', contact_name: 'John Smith', description: 'Enterprise license for 500 users', value_estimated: false };
    for (const [field, value] of Object.entries({ ...told, ...more })) assert.equal(data.deal[field], value, field);
    assert.equal(data.deal.tenant_id, 'manual');
    assert.equal(data.deal.workspace_id, 'main');
    assert.equal(data.match, null);
    assert.equal(data.lead.email, 'ceo@acme.com');
    assert.equal(data.lead.first_name, 'John');
    assert.equal(data.lead.last_name, 'Smith');
    assert.equal(data.deal.lead_id, data.lead.id);
    assert.equal(data.analysis.health_score, data.deal.health_score);
    assert.deepEqual(data.metrics, {
        percentile: 50,
        value_rank: 1,
        total_active_deals: 1,
        stage_distribution: { discovery: 0, qualification: 0, proposal: 1, negotiation: 0, closed_won: 0, closed_lost: 0 },
        pipeline_value: 120000,
        weighted_pipeline_value: 72000,
    });

    const again = await example();
    assert.equal(again.status, 200);
    assert.equal(again.data.action, 'unchanged');
    assert.equal(again.data.deal.id, data.deal.id);
    assert.equal(again.data.match.rule, 'name_and_company');
    const read = await client.get(`/${data.deal.id}`, {}, { expect: 200 });
    assert.deepEqual(read.json.deal, again.data.deal);
    assert.deepEqual(again.data.deal, data.deal, 'an unchanged deal keeps its version and its times');
});

test('web form submission', async () => {
    const { axios } = await workspace('form');
    const response = await axios.post('/api/sales/deals/web-form', {
        first_name: 'Jane',
        last_name: 'Doe',
        email: 'jane@company.com',
        company: 'Company Inc',
        message: 'Interested in enterprise plan',
        product_interest: 'Enterprise License',
        company_size: '51-200',
    });
    assert.equal(response.status, 201);
    const { deal, lead, source } = response.data;
    assert.equal(source, 'web_form');
    assert.equal(deal.company, 'Company Inc');
    assert.equal(deal.value, 50000, 'estimated from the company size');
    assert.equal(deal.value_estimated, true);
    assert.equal(deal.stage, 'discovery');
    assert.equal(deal.contact_name, 'Jane Doe');
    assert.equal(lead.first_name, 'Jane');
    assert.equal(lead.last_name, 'Doe');
    assert.equal(lead.email, 'jane@company.com');
    assert.match(JSON.stringify([deal, lead.metadata_json]), /Enterprise License/, 'the product interest is captured');
    assert.match(JSON.stringify([deal, lead.metadata_json]), /Interested in enterprise plan/, 'the message is captured');
});

test('CSV upload', async () => {
    const { axios } = await workspace('csv');
    const csvFile = new File(
        [
            'Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description\r\n',
            'First,Alpha AG,1000,proposal,60,2026-06-01,a@alpha.example,Ann Able,"two\nlines, one comma"\r\n',
            'Second,Beta SpA,2000.50,Closed Won,,2026-07-01,,,\r\n',
        ],
        'deals.csv',
        { type: 'text/csv' },
    );
    const formData = new FormData();
    formData.append('file', csvFile);
    const response = await axios.post('/api/sales/deals/csv/upload', formData, {
        headers: {
            'Content-Type': 'multipart/form-data',
        },
    });
    assert.equal(response.status, 200, JSON.stringify(response.data));
    assert.equal(response.data.status, 'success');
    assert.equal(response.data.source, 'csv');
    assert.deepEqual(response.data.counts, { read: 2, created: 2, updated: 0, unchanged: 0, skipped: 0, rejected: 0 });
    assert.deepEqual(response.data.results.map(({ index, line, action }) => [index, line, action]), [[0, 2, 'created'], [1, 4, 'created']]);
    const { data } = await axios.get(`/api/sales/deals/${response.data.results[0].deal_id}`);
    assert.equal(data.deal.description, 'two\nlines, one comma');
    assert.equal(data.deal.contact_name, 'Ann Able');
});

test('email extraction', async () => {
    const { axios } = await workspace('email');
    const response = await axios.post('/api/sales/deals/email', {
        sender: 'prospect@company.com',
        sender_name: 'John Smith',
        subject: 'Enterprise solution inquiry',
        content: 'We are looking for...',
        company_name: 'Prospect Corp',
    });
    assert.equal(response.status, 201);
    const { deal, lead } = response.data;
    assert.equal(deal.source, 'email');
    assert.equal(deal.company, 'Prospect Corp');
    assert.equal(deal.value, 15000);
    assert.equal(deal.value_estimated, true);
    assert.equal(deal.contact_name, 'John Smith');
    assert.equal(deal.contact_email, 'prospect@company.com');
    assert.match(deal.name, /Enterprise solution inquiry/);
    assert.equal(lead.email, 'prospect@company.com');
});

test('API submission', async () => {
    const { axios } = await workspace('api');
    const response = await axios.post('/api/sales/deals/api', {
        name: 'Custom Deal Name',
        company: 'Company Name',
        value: 75000,
        stage: 'discovery',
        probability: 40,
        contact_email: 'contact@company.com',
        external_id: 'ext-12345',
        metadata: {
            integration: 'custom_system',
            source_campaign: 'spring-sale',
        },
    });
    assert.equal(response.status, 201);
    const { deal } = response.data;
    assert.equal(deal.value, 75000);
    assert.equal(deal.probability, 40);
    assert.deepEqual(deal.external_ids.map(({ id }) => id), ['ext-12345']);
    assert.equal(deal.source_metadata.integration, 'custom_system');
    assert.equal(deal.source_metadata.source_campaign, 'spring-sale');
});

/** Runs the example's lines after a preamble that stands for the CRM's own client; gives what `response` was, judged. */
async function runPython(preamble, example, { key, path, query }) {
    const program = `
import json, sys, requests
session = requests.Session()
session.trust_env = False
session.headers["Authorization"] = "Bearer ${key}"
requests.post = session.post
API_URL = "${server.url}"
tenant_id, workspace_id = ${JSON.stringify(query.tenant_id)}, ${JSON.stringify(query.workspace_id)}
${preamble}
${example}
print(json.dumps({"status": response.status_code, "headers": {k.lower(): v for k, v in response.headers.items()}, "text": response.text}))
`;
    const { stdout } = await run(python, ['-c', program], { timeout: 60_000 });
    const answer = JSON.parse(stdout);
    judge({ method: 'POST', path, ...answer });
    return { ...answer, json: JSON.parse(answer.text) };
}

async function pythonIsMissing(t) {
    try {
        await run(python, ['-c', 'import requests']);
        return false;
    } catch {
        t.skip(`${python} with requests is not installed (apt package python3-requests)`);
        return true;
    }
}

test('HubSpot batch sync in Python', async (t) => {
    if (await pythonIsMissing(t)) return;
    const { client, key } = await workspace('hubspot');
    const preamble = `
class Deal:
    def __init__(self, number, stage, probability):
        self.number, self.stage, self.probability = number, stage, probability
    def to_dict(self):
        return {"id": str(144703760059 + self.number), "created_at": "2026-08-22 07:33:08.716000+00:00", "updated_at": "2026-09-01T10:00:00.001000+00:00",
                "archived": False, "archived_at": None, "associations": None, "properties_with_history": None,
                "properties": {"dealname": "Deal %d" % self.number, "amount": "1500.00", "deal_currency_code": "USD", "dealstage": self.stage, "pipeline": "default",
                               "closedate": "2026-12-07T16:50:06.678Z", "hs_deal_stage_probability": self.probability, "hs_object_id": str(144703760059 + self.number)}}
class hubspot_client:
    class crm:
        class deals:
            @staticmethod
            def get_all():
                return [Deal(1, "qualifiedtobuy", "0.40000000000000002220446049250313080847263336181640625"), Deal(2, "closedwon", "1")]
`;
    const example = `
deals = hubspot_client.crm.deals.get_all()
response = requests.post(
    f"{API_URL}/api/sales/deals/hubspot/batch-sync",
    params={
        "workspace_id": workspace_id,
        "tenant_id": tenant_id
    },
    json=[deal.to_dict() for deal in deals]
)`;
    const answer = await runPython(preamble, example, { key, path: '/api/sales/deals/hubspot/batch-sync', query: { tenant_id: 'hubspot', workspace_id: 'main' } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.counts.created, 2);
    const deals = await client.all('', 'deals');
    const open = deals.find((deal) => deal.name === 'Deal 1');
    assert.equal(open.stage, 'qualification');
    assert.equal(open.probability, 40);
    assert.equal(open.value, 1500);
    assert.equal(open.expected_close_date, '2026-12-07');
    assert.equal(open.external_ids[0].id, '144703760060');
    assert.match(open.external_ids[0].system, /^hubspot/);
    assert.equal(deals.find((deal) => deal.name === 'Deal 2').stage, 'closed_won');
});

test('Salesforce batch sync in Python', async (t) => {
    if (await pythonIsMissing(t)) return;
    const { client, key } = await workspace('salesforce');
    const preamble = `
class sf:
    @staticmethod
    def query_all(query):
        assert query.startswith("SELECT Id")
        record = lambda n, stage: {"attributes": {"type": "Opportunity", "url": "/services/data/v60.0/sobjects/Opportunity/006xx000000000%dAAA" % n},
                                   "Id": "006xx000000000%dAAA" % n, "Name": "Opportunity %d" % n, "Amount": 1000.0 * n, "StageName": stage, "Probability": 10.0, "CloseDate": "2026-12-31"}
        return {"totalSize": 2, "done": True, "records": [record(1, "Prospecting"), record(2, "Negotiation/Review")]}
`;
    const example = `
opps = sf.query_all("SELECT Id, Name, Amount, StageName, Probability, CloseDate FROM Opportunity")
response = requests.post(
    f"{API_URL}/api/sales/deals/salesforce/batch-sync",
    params={
        "workspace_id": workspace_id,
        "tenant_id": tenant_id
    },
    json=opps['records']
)`;
    const answer = await runPython(preamble, example, { key, path: '/api/sales/deals/salesforce/batch-sync', query: { tenant_id: 'salesforce', workspace_id: 'main' } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.counts.created, 2);
    const deals = await client.all('', 'deals', { sort: 'value' });
    assert.deepEqual(deals.map(({ name, value, stage, probability, expected_close_date: day }) => [name, value, stage, probability, day]), [
        ['Opportunity 1', 1000, 'discovery', 10, '2026-12-31'],
        ['Opportunity 2', 2000, 'negotiation', 10, '2026-12-31'],
    ]);
});

test('an example that names another tenant or workspace in its query is refused', async () => {
    const { client } = await workspace('hubspot');
    const deal = [{ id: '1', properties: { dealname: 'Foreign' } }];
    const tenant = await client.post('/hubspot/batch-sync', deal, { query: { tenant_id: 'other', workspace_id: 'main' }, expect: 403 });
    assert.equal(tenant.json.code, 'tenant_mismatch');
    assert.equal(tenant.json.source, 'hubspot');
    const place = await client.post('/hubspot/batch-sync', deal, { query: { tenant_id: 'hubspot', workspace_id: 'nowhere' }, expect: 403 });
    assert.equal(place.json.code, 'workspace_mismatch');
});
