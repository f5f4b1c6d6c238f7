{{/* The volume claim `data`. Takes (dict "persistence" VALUES "storage" SIZE). */}}
{{- define "culvert.claim" -}}
{{- if .persistence.enabled }}
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests: { storage: {{ .storage }} }
{{- end }}
{{- end }}
