# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: Others cannot read kernel.shmmni.
/"shmmni"/,/}/ s/0644/0640/
