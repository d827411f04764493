# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: kernel.shm_next_id is written with capabilities of the first user namespace only.
/^static int ipc_permissions(/,/^}/ s/checkpoint_restore_ns_capable_noaudit(ns->user_ns)/checkpoint_restore_ns_capable_noaudit(\&init_user_ns)/
