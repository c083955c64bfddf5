from sfc_sim.testing.first_come import colonised_share as colonised_share
from sfc_sim.testing.first_come import empty_share as empty_share
