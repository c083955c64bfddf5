from sfc_sim.explorer.draws import Carried as Carried
from sfc_sim.explorer.draws import carried as carried
from sfc_sim.explorer.members import Family as Family
from sfc_sim.explorer.members import family_of as family_of
from sfc_sim.explorer.page import explorer_page as explorer_page
from sfc_sim.explorer.page import page_of as page_of
