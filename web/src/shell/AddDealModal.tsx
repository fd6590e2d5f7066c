// The ingestion panel in a large modal; a whole page on a phone.
import DealIngestionPanel from '@/components/dashboards/DealIngestionPanel';
import { Modal } from '@mantine/core';
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
    <Modal opened={opened} onClose={onClose} title="Add deals" size={1040} fullScreen={narrow} closeButtonProps={{ 'aria-label': 'Close' }} padding="lg">
      <DealIngestionPanel source={source} onSourceChange={onSourceChange} onDone={onClose} />
    </Modal>
  );
}
