// A made-up pipeline to look around in: about forty deals over all stages, as a file from somewhere else would have them. Close
// dates lie around `today`. A little untidy on purpose (spaces, letter case, a quoted line end, a row of totals). Pure.
type Row = [name: string, account: string, amount: string, stage: string, prob: string, closes_in_days: number, contact: string, source: string, note: string];

const DAY_MS = 86_400_000;
const OWNERS = ['Kim Lee', 'Ada Brandt', 'Sam Okoro'];
const HEADER = ['Opportunity', 'Account', 'Amount', 'Stage', 'Probability', 'Close Date', 'Contact', 'E-mail', 'Owner', 'Lead Source', 'Notes'];

const ROWS: Row[] = [
  ['Fleet tracking roll-out', 'Northwind Haulage', '$185,000', 'Negotiation', '80%', 12, 'Mara Voss', 'Referral', 'Legal has the contract.'],
  ['Warehouse sensors', 'Kestrel Logistics', '$42,500', 'Proposal', '60%', 25, 'Jon Petrie', 'Trade fair', ''],
  ['Support plan renewal', 'Bluefin Foods', '$18,000', 'negotiation', '85%', 5, 'Ines Duarte', 'Existing customer', 'Asked for two years.'],
  ['Clinic scheduling', 'Harbour Health', '$96,000', 'Discovery', '20%', -35, 'Tom Achterberg', 'Web', ''],
  ['Route planning pilot', 'Swiftpost', '$12,000', 'Qualification', '5%', -41, 'Lena Kranz', 'Web', 'No answer since the pilot with ten vans.'],
  ['Data centre move', 'Granite Insurance', '$640,000', 'Proposal', '55%', 55, 'Oskar Lind', 'Partner', 'Board decides at the end of the quarter.'],
  ['Store analytics', 'Lumen Retail', '$74,900', ' Proposal ', '60%', 18, 'Priya Nair', 'Webinar', ''],
  ['Point of sale refresh', 'Corner Bakery Group', '$33,200', 'Qualification', '35%', 33, 'Bea Moran', 'Cold call', ''],
  ['Energy monitoring', 'Elm Street Schools', '$27,800', 'Discovery', '15%', 90, 'Ruth Keller', 'Tender', 'Public tender, answers until spring.'],
  ['Payroll connector', 'Sable Staffing', '$9,600', 'NEGOTIATION', '75%', 9, 'Ivo Marin', 'Web', ''],
  ['Archive scanning', 'Town of Alderton', '$51,000', 'Proposal', '5%', -47, 'Hugo Wells', 'Tender', 'Overdue: waiting for the council.'],
  ['Mobile app for drivers', 'Northwind Haulage', '$58,000', 'Qualification', '40%', 61, 'Mara Voss', 'Existing customer', ''],
  ['Cold chain alarms', 'Bluefin Foods', '$23,400', 'Discovery', '20%', 48, 'Ines Duarte', 'Existing customer', ''],
  ['Security review', 'Granite Insurance', '$36,000', 'Closed Won', '100%', -20, 'Oskar Lind', 'Partner', 'Signed.'],
  ['Training days', 'Harbour Health', '$7,500', 'Closed Won', '100%', -8, 'Tom Achterberg', 'Existing customer', ''],
  ['Spare parts shop', 'Torque Motors', '$112,000', 'Proposal', '60%', 28, 'Nils Berg', 'Web', 'Wants it live before the season.'],
  ['Dealer portal', 'Torque Motors', '$210,000', 'Discovery', '20%', 120, 'Nils Berg', 'Web', ''],
  ['Booking engine', 'Pinecrest Hotels', '$88,000', 'Negotiation', '70%', 15, 'Clara Font', 'Partner', 'Discount asked for.'],
  ['Guest Wi-Fi', 'Pinecrest Hotels', '$14,300', 'Closed Lost', '0%', -30, 'Clara Font', 'Partner', 'Went with their telephone company.'],
  ['Lab inventory', 'Quartz Biotech', '$67,000', 'Qualification', '45%', 44, 'Dana Ortiz', 'Trade fair', ''],
  ['Sample tracking', 'Quartz Biotech', '$29,000', 'Proposal', '60%', 21, 'Dana Ortiz', 'Trade fair', ''],
  ['Claims portal', 'Granite Insurance', '$320,000', 'Qualification', '35%', 85, 'Oskar Lind', 'Partner', ''],
  ['Print on demand', 'Fable Books', '$16,800', 'Discovery', '5%', -38, 'Nora Quist', 'Web', ''],
  ['Subscription billing', 'Fable Books', '$24,000', 'Closed Won', '100%', -3, 'Nora Quist', 'Referral', ''],
  ['Yard cameras', 'Ridge Aggregates', '$45,500', 'Proposal', '50%', 36, 'Paul Strand', 'Cold call', ''],
  ['Weighbridge link', 'Ridge Aggregates', '$19,900', 'Negotiation', '80%', 7, 'Paul Strand', 'Existing customer', ''],
  ['Crew rostering', 'Airlift Charter', '$132,000', 'Discovery', '25%', 75, 'Yara Salem', 'Webinar', 'Compares three vendors.'],
  ['Maintenance log', 'Airlift Charter', '$54,000', 'Closed Lost', '0%', -15, 'Yara Salem', 'Webinar', 'No budget this year.'],
  ['Seed planner', 'Greenacre Farms', '$11,200', 'Qualification', '40%', 29, 'Otto Blum', 'Web', ''],
  ['Irrigation control', 'Greenacre Farms', '$78,000', 'Proposal', '65%', 19, 'Otto Blum', 'Web', 'Site visit done.\nWants weather data included.'],
  ['Ticketing', 'Arena Nine', '$156,000', 'Negotiation', '75%', 22, 'Gia Rossi', 'Referral', ''],
  ['Access gates', 'Arena Nine', '$62,000', 'Discovery', '20%', 95, 'Gia Rossi', 'Referral', ''],
  ['Field service tablets', 'Voltline Electric', '$39,000', 'qualification', '40%', 31, 'Marc Duval', 'Trade fair', ''],
  ['Meter data', 'Voltline Electric', '$245,000', 'Proposal', '55%', 64, 'Marc Duval', 'Tender', ''],
  ['Newsletter tool', 'Copper Kettle Coffee', '$4,200', 'Closed Won', '100%', -25, 'Elle Tran', 'Web', ''],
  ['Loyalty cards', 'Copper Kettle Coffee', '$13,700', 'Qualification', '30%', 50, 'Elle Tran', 'Web', ''],
  ['Vessel reports', 'Saltmarsh Shipping', '$91,000', 'Negotiation', '70%', -4, 'Finn Aalto', 'Partner', 'Close date has slipped twice.'],
  ['Crew e-learning', 'Saltmarsh Shipping', '$22,000', 'Proposal', '60%', 27, 'Finn Aalto', 'Partner', ''],
  ['Quality checks', 'Brightwork Metals', '$48,600', 'Discovery', '20%', 58, 'Tess Hahn', 'Cold call', ''],
  ['Machine uptime', 'Brightwork Metals', '$83,500', 'Closed Lost', '0%', -40, 'Tess Hahn', 'Trade fair', 'Builds it in-house.'],
];

export const SAMPLE_DEALS = ROWS.length;

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function mailOf(contact: string, account: string): string {
  const domain = account.toLowerCase().replace(/[^a-z]+/g, '-');
  return `${contact.split(' ')[0]!.toLowerCase()}@${domain}.example`;
}

export function sampleCsv(today: Date): string {
  const day = (offset: number) => new Date(today.getTime() + offset * DAY_MS).toISOString().slice(0, 10);
  const lines = ROWS.map(([name, account, amount, stage, prob, closes, contact, source, note], at) =>
    [name, account, amount, stage, prob, day(closes), contact, mailOf(contact, account), OWNERS[at % OWNERS.length]!, source, note].map(quoted).join(','),
  );
  return [HEADER.join(','), ...lines, 'Total,,"$3,490,100",,,,,,,,', ''].join('\r\n');
}
