// What the fake portal holds: deals, contacts, companies, their links, and every change as an event. Times grow with every change.
const kinds = { deals: '0-3', contacts: '0-1', companies: '0-2' };
export const kindOf = (word) => Object.entries(kinds).find(([name, id]) => word === name || word === id || `${word}s` === name)?.[0];

const text = (value) => (value === null || value === undefined ? null : String(value));
const modified = { deals: 'hs_lastmodifieddate', contacts: 'lastmodifieddate', companies: 'hs_lastmodifieddate' };

export class Portal {
    constructor({ portalId = 1234567, timeZone = 'Europe/Berlin', currency = 'EUR' } = {}) {
        Object.assign(this, { portalId, timeZone, currency });
        this.objects = { deals: new Map(), contacts: new Map(), companies: new Map() };
        this.links = { contacts: new Map(), companies: new Map() }; // deal -> [{ id, primary }]
        this.merged = new Map(); // dead deal -> the one it went into
        this.listeners = [];
        this.nextId = 144703760000;
        this.now = 0;
        this.eventId = 1;
        this.owners = [{ id: '41629779', email: 'dana@acme.example', firstName: 'Dana', lastName: 'Reed', archived: false }];
        this.pipelines = [{
            id: 'default', label: 'Sales Pipeline', displayOrder: 0, archived: false,
            stages: [['appointmentscheduled', 'Appointment Scheduled', '0.2'], ['qualifiedtobuy', 'Qualified To Buy', '0.4'], ['contractsent', 'Contract Sent', '0.9'],
                ['closedwon', 'Closed Won', '1.0'], ['closedlost', 'Closed Lost', '0.0']].map(([id, label, probability], at) => ({
                id, label, displayOrder: at, archived: false, metadata: { probability, isClosed: String(id.startsWith('closed')) },
            })),
        }, {
            id: '75e28846', label: 'Renewals', displayOrder: 1, archived: false,
            stages: [['1044035701', 'Pricing talk', '0.55', 'false'], ['1044035702', 'Gone for good', '0.0', 'true']].map(([id, label, probability, isClosed], at) => ({
                id, label, displayOrder: at, archived: false, metadata: { probability, isClosed },
            })),
        }];
    }

    // What is seeded is old: a millisecond apart, up to an hour ago.
    tick() {
        this.now = Math.max(this.now + 1, this.seeding ? 0 : Date.now());
        return this.now;
    }

    tell(subscriptionType, objectId, more = {}) {
        const event = { eventId: this.eventId++, subscriptionId: 9001, portalId: this.portalId, appId: 777, occurredAt: this.now, subscriptionType, attemptNumber: 0, objectId: Number(objectId), changeSource: 'CRM_UI', ...more };
        for (const listener of this.listeners) listener(event);
    }

    create(kind, properties, { quiet = false } = {}) {
        const id = String(this.nextId++);
        const at = this.tick();
        const object = { id, properties: { hs_object_id: id, createdate: new Date(at).toISOString() }, createdAt: at, updatedAt: at, archived: false };
        for (const [name, value] of Object.entries(properties)) object.properties[name] = text(value);
        this.objects[kind].set(id, object);
        this.touch(kind, object, at);
        if (!quiet && kind === 'deals') this.tell('deal.creation', id, { changeFlag: 'NEW' });
        return object;
    }

    touch(kind, object, at = this.tick()) {
        object.updatedAt = at;
        object.properties[modified[kind]] = new Date(at).toISOString();
        object.sortKey = at;
    }

    change(kind, id, properties) {
        const object = this.objects[kind].get(String(id));
        for (const [name, value] of Object.entries(properties)) object.properties[name] = text(value);
        this.touch(kind, object);
        if (kind === 'deals') {
            for (const [name, value] of Object.entries(properties)) this.tell('deal.propertyChange', id, { propertyName: name, propertyValue: String(value), isSensitive: false });
        }
        return object;
    }

    archive(kind, id) {
        const object = this.objects[kind].get(String(id));
        object.archived = true;
        object.archivedAt = this.tick();
        if (kind === 'deals') this.tell('deal.deletion', id, { changeFlag: 'DELETED' });
    }

    restore(id) {
        const object = this.objects.deals.get(String(id));
        object.archived = false;
        delete object.archivedAt;
        this.tick();
        this.tell('deal.restore', id);
    }

    // A third deal comes out of it, with the primary's values; both old ids die.
    merge(primaryId, otherId) {
        const primary = this.objects.deals.get(String(primaryId));
        const other = this.objects.deals.get(String(otherId));
        const { hs_object_id: _, ...properties } = { ...other.properties, ...primary.properties };
        const earlier = [primary, other].flatMap(({ properties: own }) => (own.hs_merged_object_ids ?? '').split(';').filter(Boolean));
        const object = this.create('deals', { ...properties, hs_merged_object_ids: [...earlier, primaryId, otherId].join(';') }, { quiet: true });
        for (const kind of ['contacts', 'companies']) {
            this.links[kind].set(object.id, [...(this.links[kind].get(String(primaryId)) ?? []), ...(this.links[kind].get(String(otherId)) ?? [])]);
        }
        for (const dead of [primaryId, otherId]) {
            this.objects.deals.delete(String(dead));
            this.merged.set(String(dead), object.id);
        }
        for (const [dead, into] of this.merged) if (into === String(primaryId) || into === String(otherId)) this.merged.set(dead, object.id);
        this.tell('deal.merge', object.id, { primaryObjectId: Number(primaryId), mergedObjectIds: [Number(primaryId), Number(otherId)], newObjectId: Number(object.id), numberOfPropertiesMoved: 1 });
        return object;
    }

    link(kind, dealId, id, { primary = false } = {}) {
        const links = this.links[kind].get(String(dealId)) ?? [];
        links.push({ id: String(id), primary });
        this.links[kind].set(String(dealId), links);
    }

    survivor(kind, id) {
        return kind === 'deals' ? this.merged.get(String(id)) : undefined;
    }

    // The same for the same count: half of the deals share their company with another one.
    seed(count) {
        this.seeding = true;
        this.now = Date.now() - 3_600_000;
        const stages = ['appointmentscheduled', 'qualifiedtobuy', 'contractsent', 'closedwon', 'closedlost'];
        const companies = Array.from({ length: Math.ceil(count / 5) }, (_, at) => this.create('companies', { name: `Company ${at}`, domain: `company${at}.example` }).id);
        const contacts = Array.from({ length: Math.ceil(count * 0.8) }, (_, at) => this.create('contacts', { email: `person${at}@company${at % companies.length}.example`, firstname: `Given${at}`, lastname: `Family${at}` }).id);
        for (let at = 0; at < count; ++at) {
            const deal = this.create('deals', { dealname: `Deal ${at}`, amount: String(1000 + at), dealstage: stages[at % stages.length], pipeline: 'default', deal_currency_code: 'EUR', hubspot_owner_id: '41629779' }, { quiet: true });
            this.link('contacts', deal.id, contacts[at % contacts.length], { primary: true });
            this.link('companies', deal.id, companies[at % companies.length], { primary: true });
        }
        this.seeding = false;
    }

    dump() {
        return [...this.objects.deals.values()].map(({ id, archived, properties }) => ({ id, archived, ...properties }));
    }
}
