// The words of the product for the codes of the API.
import type { AnySource, Risk, Role, Stage } from '@/api/agreed';

export const stageWords: Record<Stage, string> = {
  discovery: 'Discovery',
  qualification: 'Qualification',
  proposal: 'Proposal',
  negotiation: 'Negotiation',
  closed_won: 'Won',
  closed_lost: 'Lost',
};
export const stages = Object.keys(stageWords) as Stage[];
export const openStages: Stage[] = ['discovery', 'qualification', 'proposal', 'negotiation'];

export const sourceWords: Record<AnySource, string> = {
  manual: 'By hand',
  web_form: 'Web form',
  csv: 'CSV',
  email: 'E-mail',
  api: 'API',
  hubspot: 'HubSpot',
  salesforce: 'Salesforce',
  system: 'Tributary',
};

export const riskWords: Record<Risk, string> = { high: 'At risk', medium: 'Watch', low: 'Healthy' };
export const roleWords: Record<Role, string> = { admin: 'Admin', member: 'Member', viewer: 'Viewer', intake: 'Intake' };

// Specification: high below 40, medium 40 to 70, healthy from 70.
export function riskOf(score: number): Risk {
  if (score < 40) return 'high';
  return score < 70 ? 'medium' : 'low';
}

export const count = (number: number, shown: string, one: string, many: string = `${one}s`) => `${shown} ${number === 1 ? one : many}`;
