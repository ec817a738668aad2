-- GET /invites_bootstrap?token=SECRET: the first administrator's invitation.
-- The same index gives the same link again (303), a lower one 410, a higher one a new link; a wrong token 403.
local formdecode = require "prosody.net.http".formdecode

local secret = module:get_option_string("invites_bootstrap_secret")
if not secret then return end
local index = module:get_option_number("invites_bootstrap_index")
local ttl = module:get_option_number("invites_bootstrap_ttl")

local store = module:open_store("invites_bootstrap")
local invites = module:depends("invites")
module:depends("http")

local function mint(records)
  local invite = assert(invites.create_account(nil, {
    roles = { "prosody:admin" },
    groups = { "default" },
    source = "api/token/bootstrap-" .. index,
  }, ttl))
  local link = invite.landing_page or invite.uri
  table.insert(records, { index = index, timestamp = os.time(), result = link })
  assert(store:set(nil, records))
  return link
end

module:provides("http", {
  route = {
    GET = function(event)
      local query = formdecode(event.request.url.query or "=")
      if type(query) ~= "table" or query.token ~= secret then return 403 end
      local records = store:get() or {}
      local last = records[#records]
      if last and index < last.index then return 410 end
      event.response.headers.Location = last and index == last.index and last.result or mint(records)
      return 303
    end,
  },
})
