"""How the web application is put together: settings, addresses, servers. The environment is read only here."""
