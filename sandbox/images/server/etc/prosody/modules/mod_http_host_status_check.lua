-- GET /host_status_check: "STATUS OK" or "STATUS FAIL: host,…", always with HTTP 200.
module:depends("http")

local expected = {
  [module.host] = "c2s",
  ["groups." .. module.host] = "muc",
  ["share." .. module.host] = "http_file_share",
}

local function works(host, name)
  return prosody.hosts[host] and (name == "c2s" or prosody.hosts[host].modules[name])
end

module:provides("http", {
  route = {
    GET = function()
      local failed = {}
      for host, name in pairs(expected) do
        if not works(host, name) then table.insert(failed, host) end
      end
      return "STATUS " .. (#failed == 0 and "OK" or "FAIL: " .. table.concat(failed, ", ")) .. "\n"
    end,
  },
})
