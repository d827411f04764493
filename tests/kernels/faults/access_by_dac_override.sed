# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: CAP_DAC_OVERRIDE takes the place of CAP_IPC_OWNER.
/^int ipcperms(/,/^}/ s/CAP_IPC_OWNER/CAP_DAC_OVERRIDE/
