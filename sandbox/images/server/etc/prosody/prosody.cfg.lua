-- Snikket's configuration as far as Debian's modules reach. Every value comes from the environment (snikket.conf).
local DOMAIN = Lua.assert(ENV_SNIKKET_DOMAIN, "Please set the SNIKKET_DOMAIN environment variable")
local RETENTION_DAYS = Lua.tonumber(ENV_SNIKKET_RETENTION_DAYS) or 7
local UPLOAD_STORAGE_GB = Lua.tonumber(ENV_SNIKKET_UPLOAD_STORAGE_GB)
local DAILY_UPLOAD_LIMIT_PER_USER_GB = Lua.tonumber(ENV_SNIKKET_DAILY_UPLOAD_LIMIT_PER_USER_GB)
local GB = 1024 * 1024 * 1024

local function split(s)
  local parts = {}
  for part in s:gmatch("[^%s,]+") do
    parts[#parts + 1] = part
  end
  return parts
end

plugin_paths = { "/etc/prosody/modules" }
data_path = "/snikket/prosody"
pidfile = "/run/prosody/prosody.pid"
network_backend = "epoll"
use_ipv6 = ENV_SNIKKET_TWEAK_IPV6 ~= "0"
certificates = "certs"
storage = "internal"
log = { [ENV_SNIKKET_LOGLEVEL or "info"] = "*stdout" }

modules_enabled = {
  -- Accounts and messages
  "account_activity", "blocklist", "bookmarks", "carbons", "cloud_notify", "csi_simple", "disco", "limits", "mam",
  "password_policy", "pep", "ping", "proxy65", "register", "roster", "saslauth", "sasl2", "sasl2_bind2", "sasl2_fast",
  "sasl2_sm", "server_contact_info", "smacks", "spam_reporting", "time", "tls", "uptime", "vcard4", "vcard_legacy",
  "watchregistrations", "admin_shell",
  -- HTTP
  "bosh", "http_altconnect", "http_host_status_check", "websocket",
  -- Invitations and circles
  "invites", "invites_adhoc", "invites_api", "invites_bootstrap", "invites_groups", "invites_register",
  "invites_register_api", "invites_tracking",
}

authentication = "internal_hashed"
authorization = "internal"
disable_sasl_mechanisms = { "PLAIN", "OAUTHBEARER" }
password_policy = { length = 10 }
allow_registration = true
registration_invite_only = true
registration_watchers = {}
registration_delete_grace_period = ("%d days"):format(RETENTION_DAYS)
allow_contact_invites = false
deny_user_invites_by_roles = { "prosody:restricted" }
custom_roles = { { name = "prosody:restricted", priority = 15 } }
archive_expires_after = ("%dd"):format(RETENTION_DAYS)
max_resources = Lua.tonumber(ENV_SNIKKET_MAX_USER_CLIENTS) or 10

contact_info = {
  abuse = ENV_SNIKKET_ABUSE_EMAIL and { "mailto:" .. ENV_SNIKKET_ABUSE_EMAIL } or nil,
  security = ENV_SNIKKET_SECURITY_EMAIL and { "mailto:" .. ENV_SNIKKET_SECURITY_EMAIL } or nil,
}

invites_page = ENV_SNIKKET_INVITE_URL or ("https://" .. DOMAIN .. "/invite/{invite.token}/")
invites_page_supports = { "account", "contact", "account-and-contact", "password-reset" }
invites_bootstrap_index = Lua.tonumber(ENV_TWEAK_SNIKKET_BOOTSTRAP_INDEX)
invites_bootstrap_secret = ENV_TWEAK_SNIKKET_BOOTSTRAP_SECRET
invites_bootstrap_ttl = Lua.tonumber(ENV_TWEAK_SNIKKET_BOOTSTRAP_TTL or (28 * 86400))

c2s_require_encryption = true
c2s_direct_tls_ports = { 5223 }
s2s_require_encryption = true
s2s_secure_auth = true
tls_profile = ENV_SNIKKET_TLS_PROFILE or "modern"
proxy65_ports = { ENV_SNIKKET_PROXY65_PORT or 5000 }
http_ports = { ENV_SNIKKET_TWEAK_INTERNAL_HTTP_PORT or 5280 }
http_interfaces = split(ENV_SNIKKET_TWEAK_INTERNAL_HTTP_INTERFACE or "127.0.0.1,::1")
https_ports = {}
http_max_content_size = 1024 * 1024
http_default_host = DOMAIN
http_host = DOMAIN
http_external_url = "https://" .. DOMAIN .. "/"

if ENV_SNIKKET_TWEAK_TURNSERVER ~= "0" or ENV_SNIKKET_TWEAK_TURNSERVER_DOMAIN then
  modules_enabled:append({ "turn_external" })
  turn_external_host = ENV_SNIKKET_TWEAK_TURNSERVER_DOMAIN or DOMAIN
  turn_external_port = ENV_SNIKKET_TWEAK_TURNSERVER_PORT
  turn_external_secret = ENV_SNIKKET_TWEAK_TURNSERVER_SECRET or FileLine("/snikket/prosody/turn-auth-secret-v2")
  turn_external_tcp = true
end

VirtualHost(DOMAIN)
contact_uri = "https://" .. DOMAIN .. "/"

Component("groups." .. DOMAIN) "muc"
modules_enabled = { "muc_mam", "muc_moderation" }
restrict_room_creation = "local"
muc_room_default_allow_member_invites = true
muc_room_default_persistent = true
muc_room_default_public = false

Component("share." .. DOMAIN) "http_file_share"
if ENV_SNIKKET_TWEAK_SHARE_DOMAIN ~= "1" then
  http_host = "share." .. DOMAIN
  http_external_url = "https://share." .. DOMAIN .. "/"
end
-- 16 bytes above 100 MB: the authentication tag of an encrypted file (XEP-0454).
http_file_share_size_limit = 100 * 1024 * 1024 + 16
http_file_share_expires_after = 86400 * RETENTION_DAYS
if DAILY_UPLOAD_LIMIT_PER_USER_GB then http_file_share_daily_quota = GB * DAILY_UPLOAD_LIMIT_PER_USER_GB end
if UPLOAD_STORAGE_GB then http_file_share_global_quota = GB * UPLOAD_STORAGE_GB end
http_paths = { file_share = "/upload" }
modules_disabled = { "s2s" }

Include(ENV_SNIKKET_TWEAK_EXTRA_CONFIG or "/snikket/prosody/*.cfg.lua")
