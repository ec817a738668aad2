-- Stand-in for Snikket's circles: whoever registers with an invitation into a circle and all its members become contacts.
local rostermanager = require "prosody.core.rostermanager"

local host = module.host
local info = module:open_store("group_info")
local members = module:open_store("groups")

-- `user` will see when `contact` is online, not the other way round.
local function subscribe(user, contact)
  local user_jid, contact_jid = user .. "@" .. host, contact .. "@" .. host
  rostermanager.set_contact_pending_out(user, host, contact_jid)
  rostermanager.set_contact_pending_in(contact, host, user_jid)
  rostermanager.subscribed(contact, host, user_jid)
  rostermanager.process_inbound_subscription_approval(user, host, contact_jid)
  rostermanager.roster_push(user, host, contact_jid)
  rostermanager.roster_push(contact, host, user_jid)
end

local function join(group, user)
  if not info:get(group) then
    module:log("warn", "%s is invited into circle %s, which does not exist", user, group)
    return
  end
  local list = members:get(group) or {}
  for member in pairs(list) do
    subscribe(user, member)
    subscribe(member, user)
  end
  list[user] = {}
  members:set(group, list)
end

module:hook("user-registered", function(event)
  local invite = event.validated_invite or (event.session and event.session.validated_invite)
  for _, group in ipairs(invite and invite.additional_data and invite.additional_data.groups or {}) do
    join(group, event.username)
  end
end)

module:hook_global("server-started", function()
  if not info:get("default") then info:set("default", { name = module:get_option_string("group_default_name", host) }) end
end)
