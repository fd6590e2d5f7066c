// Sample deals for a workspace that has none: a small file through the ordinary door, taken back by the toast or like any import.
import { upload, type Schemas } from '@/api/client';
import { notifyUndo, undoArrival } from '@/ui/undo';

// Answers the import's id once all deals are in, or throws an ApiError.
export async function loadSample(): Promise<string> {
  const { sampleCsv } = await import('./sample_deals');
  const form = new FormData();
  form.append('file', new File([sampleCsv(new Date())], 'sample-deals.csv', { type: 'text/csv' }));
  const { data } = await upload<Schemas['BatchAnswer']>('/api/sales/deals/csv/upload?automations=off', form, { headers: { Prefer: 'wait' } });
  notifyUndo(`${data.counts.created} sample deals are in.`, () => undoArrival(data.import_id));
  return data.import_id;
}
