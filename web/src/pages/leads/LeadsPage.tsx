// The people behind the deals.
import { LeadsView } from '@/components/deals/leads/LeadsView';

export default LeadsView;
