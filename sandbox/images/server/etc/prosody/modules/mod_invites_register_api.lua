-- GET /register_api/invite/TOKEN: what the portal shows of an invitation; 404 once it is used, expired or unknown.
local json = require "prosody.util.json"

local invites = module:depends("invites")
local site_name = module:get_option_string("site_name", module.host)
module:depends("http")

module:provides("http", {
  default_path = "register_api",
  route = {
    ["GET /invite/*"] = function(event, token)
      local invite = invites.get(token)
      if not invite then return 404 end
      event.response.headers.content_type = "application/json"
      return json.encode({
        site_name = site_name,
        domain = module.host,
        token = invite.token,
        uri = invite.uri,
        type = invite.type,
        inviter = invite.inviter,
        reset = invite.additional_data and invite.additional_data.allow_reset or nil,
      })
    end,
  },
})
