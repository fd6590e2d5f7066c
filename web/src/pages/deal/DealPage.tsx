// One deal.
import { DealView } from '@/components/deals/deal/DealView';
import { useParams } from '@tanstack/react-router';

export default function DealPage() {
  const { id } = useParams({ from: '/inside/deals/$id' });
  return <DealView id={id} />;
}
