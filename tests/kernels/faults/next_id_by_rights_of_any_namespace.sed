# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: Capabilities of the caller's user namespace write kernel.shm_next_id of any IPC namespace.
/^static int ipc_permissions(/,/^}/ s/checkpoint_restore_ns_capable_noaudit(ns->user_ns)/checkpoint_restore_ns_capable_noaudit(current_user_ns())/
