// The ingestion panel in a large modal; a whole page on a phone.
import DealIngestionPanel from '@/components/dashboards/DealIngestionPanel';
import { Dialog } from '@/ui/Dialog';
import { useMediaQuery } from '@mantine/hooks';

interface Props {
  opened: boolean;
  source: string;
  onSourceChange: (source: string) => void;
  onClose: () => void;
}

export default function AddDealModal({ opened, source, onSourceChange, onClose }: Props) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  return (
    <Dialog opened={opened} onClose={onClose} title="Add deals" size={1040} fullScreen={narrow} padding="lg">
      <DealIngestionPanel source={source} onSourceChange={onSourceChange} onDone={onClose} />
    </Dialog>
  );
}
