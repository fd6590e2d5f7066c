// Adds deals from the seven sources. A place holder until its own panel lands; its props are what the shell gives it.
import { Text } from '@mantine/core';

export interface DealIngestionPanelProps {
  source?: string; // which tab is open: manual, web_form, csv, email, api, hubspot, salesforce; the first when left out
  onSourceChange?: (source: string) => void;
  onDone?: () => void; // the person has finished: the modal closes
}

export default function DealIngestionPanel({ source = 'manual' }: DealIngestionPanelProps) {
  return <Text>{source}</Text>;
}
